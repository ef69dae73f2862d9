using QuoTrading.Portal.Storage;
using Xunit;

namespace QuoTrading.Portal.Tests.Storage;

public sealed class PriorityGateTests
{
    private readonly PriorityGate gate = new();
    private readonly List<string> order = [];

    [Fact]
    public async Task Who_comes_first_class_goes_before_all_others_and_each_kind_in_its_order()
    {
        var turn = await gate.EnterAsync(goesFirst: false);
        Task[] waiting = [Visit("a", first: false), Visit("b", first: false), Visit("R1", first: true), Visit("R2", first: true)];

        turn.Dispose();
        await Task.WhenAll(waiting);

        Assert.Equal(["R1", "R2", "a", "b"], order);
    }

    [Fact]
    public async Task Who_gives_up_waiting_does_not_hold_up_the_next()
    {
        using var patience = new CancellationTokenSource();
        var turn = await gate.EnterAsync(goesFirst: false);
        var impatient = gate.EnterAsync(goesFirst: true, cancel: patience.Token).AsTask();
        var next = Visit("next", first: false);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        turn.Dispose();
        await next;

        Assert.Equal(["next"], order);
    }

    [Fact]
    public async Task A_turn_given_back_twice_is_given_back_once()
    {
        var turn = await gate.EnterAsync(goesFirst: false);
        turn.Dispose();
        var held = await gate.EnterAsync(goesFirst: false);
        turn.Dispose();

        var waiting = gate.EnterAsync(goesFirst: false).AsTask();
        Assert.False(waiting.IsCompleted);

        held.Dispose();
        (await waiting).Dispose();
    }

    [Fact]
    public async Task Who_would_go_home_is_sent_home_at_once_and_everybody_else_keeps_his_place()
    {
        var turn = await gate.EnterAsync(goesFirst: false);
        var registry = gate.EnterAsync(goesFirst: true, goesHome: true).AsTask();
        Task<IDisposable>[] others = [gate.EnterAsync(goesFirst: false, goesHome: true).AsTask(), gate.EnterAsync(goesFirst: false, goesHome: true).AsTask()];
        var patient = Visit("patient", first: false);

        gate.Dismiss(() => new InvalidOperationException("closed"));

        // The registry has not had its turn, let alone given it back: that may take a busy timeout.
        foreach (var other in others) await Assert.ThrowsAsync<InvalidOperationException>(() => other);
        Assert.False(registry.IsCompleted);
        turn.Dispose();
        (await registry).Dispose();
        await patient;
        Assert.Equal(["patient"], order);
    }

    private async Task Visit(string name, bool first)
    {
        using var turn = await gate.EnterAsync(first);
        order.Add(name);
    }
}
