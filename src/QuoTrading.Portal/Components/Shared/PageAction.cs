using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Shared;

/// <summary>
/// Runs what a button of a page does: one at a time, and what keeps it from being done becomes a sentence for the person. Knows no
/// markup: the page shows <see cref="IsBusy"/> and <see cref="Problem"/> where it likes.
/// </summary>
internal sealed class PageAction
{
    private static readonly ActionWords Usual = new();

    public bool IsBusy { get; private set; }

    /// <summary>Why it was not done, for the page to show; null where there is nothing to say. The work itself may set it.</summary>
    public string? Problem { get; set; }

    /// <summary>Whether the role did not allow it, when it ran last.</summary>
    public bool IsForbidden { get; private set; }

    /// <summary>Runs it, unless it is running already. What is no refusal is thrown on.</summary>
    /// <param name="words">What a refusal is told with; null for the usual words.</param>
    /// <param name="notices">Where refusals are told; null for <see cref="Problem"/>.</param>
    public async Task RunAsync(Func<Task> work, ActionWords? words = null, Notices? notices = null)
    {
        if (IsBusy) return;
        (IsBusy, Problem, IsForbidden) = (true, null, false);
        words ??= Usual;
        try
        {
            await work();
        }
        catch (Exception refusal) when (refusal is ForbiddenException or StoreUnavailableException || (refusal is ArgumentException && words.Invalid is not null))
        {
            IsForbidden = refusal is ForbiddenException;
            if (notices is null) Problem = words.Sentence(refusal);
            else words.Tell(notices, refusal);
        }
        finally
        {
            IsBusy = false;
        }
    }
}

/// <summary>What a person is told of an action that was not done.</summary>
/// <param name="Forbidden">Before the reason, where the role does not allow it: the first sentence, or a notice's heading.</param>
/// <param name="Invalid">The same where the service refuses what it was given by an <see cref="ArgumentException"/>; empty for the reason alone. Null where
/// that would be an error of the program.</param>
/// <param name="Unavailable">Where the store takes nothing now; null for the usual sentence, or the usual notice.</param>
/// <param name="Detail">Below <paramref name="Unavailable"/> in a notice.</param>
internal sealed record ActionWords(string? Forbidden = null, string? Invalid = null, string? Unavailable = null, string? Detail = null)
{
    /// <summary>On the pages about people and their accounts.</summary>
    public static ActionWords OfPeople { get; } = new(Unavailable: "The database cannot be written now. Nothing was changed; try again in a moment.");

    /// <summary>All of it in one line.</summary>
    public string Sentence(Exception refusal) => refusal is StoreUnavailableException
        ? Unavailable ?? "The database cannot be written now. Nothing was changed. Try again in a moment."
        : $"{Lead(refusal)} {refusal.Message}".TrimStart();

    /// <summary>The same as a notice.</summary>
    public void Tell(Notices notices, Exception refusal)
    {
        if (refusal is not StoreUnavailableException) notices.Failed(Lead(refusal) ?? "", refusal.Message);
        else if (Unavailable is null) notices.StoreUnavailable();
        else notices.Failed(Unavailable, Detail);
    }

    private string? Lead(Exception refusal) => refusal is ForbiddenException ? Forbidden : Invalid;
}
