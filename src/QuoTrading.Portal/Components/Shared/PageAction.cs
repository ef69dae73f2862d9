using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Shared;

/// <summary>
/// Runs the action of a button of a page: one at a time, and a refusal becomes a sentence for the person. It has no markup: the page
/// shows <see cref="IsBusy"/> and <see cref="Problem"/> itself.
/// </summary>
internal sealed class PageAction
{
    private static readonly ActionWords Usual = new();

    public bool IsBusy { get; private set; }

    /// <summary>Why the action was not done, for the page to show; null if there is no problem. The work itself may set it.</summary>
    public string? Problem { get; set; }

    /// <summary>True if the role did not allow the last run.</summary>
    public bool IsForbidden { get; private set; }

    /// <summary>Runs the work, unless an action is running already. Exceptions other than refusals are not caught.</summary>
    /// <param name="words">The texts for a refusal; null for the usual texts.</param>
    /// <param name="notices">Shows refusals; null to set <see cref="Problem"/> instead.</param>
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

/// <summary>The texts for an action that was not done.</summary>
/// <param name="Forbidden">If the role does not allow it, the text before the reason: the first sentence, or a notice's heading.</param>
/// <param name="Invalid">The same if the service refuses its input with an <see cref="ArgumentException"/>; empty for the reason alone.
/// Null if that exception would be an error of the program.</param>
/// <param name="Unavailable">If the store cannot commit now; null for the usual sentence, or the usual notice.</param>
/// <param name="Detail">The text below <paramref name="Unavailable"/> in a notice.</param>
internal sealed record ActionWords(string? Forbidden = null, string? Invalid = null, string? Unavailable = null, string? Detail = null)
{
    /// <summary>For the pages about people and their accounts.</summary>
    public static ActionWords OfPeople { get; } = new(Unavailable: "The database cannot be written now. Nothing was changed; try again in a moment.");

    /// <summary>The refusal in one line.</summary>
    public string Sentence(Exception refusal) => refusal is StoreUnavailableException
        ? Unavailable ?? "The database cannot be written now. Nothing was changed. Try again in a moment."
        : $"{Lead(refusal)} {refusal.Message}".TrimStart();

    /// <summary>Shows the refusal as a notice.</summary>
    public void Tell(Notices notices, Exception refusal)
    {
        if (refusal is not StoreUnavailableException) notices.Failed(Lead(refusal) ?? "", refusal.Message);
        else if (Unavailable is null) notices.StoreUnavailable();
        else notices.Failed(Unavailable, Detail);
    }

    private string? Lead(Exception refusal) => refusal is ForbiddenException ? Forbidden : Invalid;
}
