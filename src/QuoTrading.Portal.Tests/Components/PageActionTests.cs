using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;
using Radzen;
using Xunit;

namespace QuoTrading.Portal.Tests.Components;

public sealed class PageActionTests
{
    private readonly PageAction action = new();
    private readonly NotificationService notifications = new();

    private NotificationMessage Notice => Assert.Single(notifications.Messages);

    [Fact]
    public async Task While_it_runs_it_is_busy_and_does_not_run_a_second_time()
    {
        var done = new TaskCompletionSource();
        var runs = 0;
        var first = action.RunAsync(RunsAsync);
        Assert.True(action.IsBusy);
        await action.RunAsync(RunsAsync);
        done.SetResult();
        await first;
        Assert.False(action.IsBusy);
        Assert.Equal(1, runs);

        Task RunsAsync()
        {
            runs++;
            return done.Task;
        }
    }

    [Fact]
    public async Task What_the_work_itself_has_to_say_stays_until_the_next_run()
    {
        await action.RunAsync(() =>
        {
            action.Problem = "Somebody was faster.";
            return Task.CompletedTask;
        });
        Assert.Equal("Somebody was faster.", action.Problem);
        await action.RunAsync(() => Task.CompletedTask);
        Assert.Null(action.Problem);
    }

    [Fact]
    public async Task A_role_that_may_not_is_a_sentence_or_a_notice()
    {
        await action.RunAsync(Forbidden);
        Assert.True(action.IsForbidden);
        Assert.Equal("This needs the role Support.", action.Problem);
        await action.RunAsync(Forbidden, new ActionWords("You may not keep devices out."));
        Assert.Equal("You may not keep devices out. This needs the role Support.", action.Problem);
        await action.RunAsync(Forbidden, new ActionWords("You may not do that"), new Notices(notifications));
        Assert.Equal(("You may not do that", "This needs the role Support."), (Notice.Summary, Notice.Detail));
        Assert.Null(action.Problem);

        static Task Forbidden() => throw new ForbiddenException(PortalRole.Support);
    }

    [Fact]
    public async Task A_store_that_takes_nothing_now_is_a_sentence_or_a_notice_and_its_message_is_nobodys()
    {
        await action.RunAsync(Away);
        Assert.False(action.IsForbidden);
        Assert.Equal("The database cannot be written now. Nothing was changed. Try again in a moment.", action.Problem);
        await action.RunAsync(Away, ActionWords.OfPeople);
        Assert.Equal("The database cannot be written now. Nothing was changed; try again in a moment.", action.Problem);
        await action.RunAsync(Away, notices: new Notices(notifications));
        Assert.Equal("The database cannot be written now", Notice.Summary);
        notifications.Messages.Clear();
        await action.RunAsync(Away, new ActionWords(Unavailable: "The database does not answer", Detail: "Later."), new Notices(notifications));
        Assert.Equal(("The database does not answer", "Later."), (Notice.Summary, Notice.Detail));

        static Task Away() => throw new StoreUnavailableException("disk I/O error");
    }

    [Fact]
    public async Task What_a_service_does_not_take_is_told_only_where_the_page_has_words_for_it()
    {
        await action.RunAsync(() => Refuse(""), new ActionWords(Invalid: ""));
        Assert.StartsWith("Say why.", action.Problem, StringComparison.Ordinal);
        await action.RunAsync(() => Refuse(""), new ActionWords(Invalid: "Nothing was done"), new Notices(notifications));
        Assert.Equal("Nothing was done", Notice.Summary);
        Assert.StartsWith("Say why.", Notice.Detail, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => action.RunAsync(() => Refuse("")));
        Assert.False(action.IsBusy);

        static Task Refuse(string reason) => throw new ArgumentException("Say why.", nameof(reason));
    }
}
