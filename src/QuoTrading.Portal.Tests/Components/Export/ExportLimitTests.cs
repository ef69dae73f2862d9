using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using QuoTrading.Portal.Components.Export;
using Xunit;

namespace QuoTrading.Portal.Tests.Components.Export;

/// <summary>Exports share the machine with customers.</summary>
public sealed class ExportLimitTests
{
    private readonly ExportLimit turns = new();

    [Fact]
    public async Task Four_lists_are_exported_at_a_time_and_the_next_is_told_to_come_again()
    {
        var first = new Export();
        Assert.Equal("written", await AskAsync(first));
        for (var more = 0; more < 3; more++) Assert.Equal("written", await AskAsync(new Export()));

        var refused = Assert.IsType<ContentHttpResult>(await AskAsync(new Export()));
        Assert.Equal(503, refused.StatusCode);
        Assert.Contains("Try again in a minute", refused.ResponseContent, StringComparison.Ordinal);

        await first.CompleteAsync();
        Assert.Equal("written", await AskAsync(new Export()));
        Assert.IsType<ContentHttpResult>(await AskAsync(new Export()));
    }

    private ValueTask<object?> AskAsync(Export export) =>
        turns.InvokeAsync(EndpointFilterInvocationContext.Create(export.Context), _ => ValueTask.FromResult<object?>("written"));

    /// <summary>A request whose answer is complete when the test says so.</summary>
    private sealed class Export : HttpResponseFeature
    {
        private readonly List<Func<Task>> completed = [];

        public Export()
        {
            Context = new DefaultHttpContext();
            Context.Features.Set<IHttpResponseFeature>(this);
        }

        public DefaultHttpContext Context { get; }

        public override void OnCompleted(Func<object, Task> callback, object state) => completed.Add(() => callback(state));

        public async Task CompleteAsync()
        {
            foreach (var callback in completed) await callback();
        }
    }
}
