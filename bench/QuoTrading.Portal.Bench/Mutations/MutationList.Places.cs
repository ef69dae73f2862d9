namespace QuoTrading.Portal.Bench.Mutations;

public static partial class MutationList
{
    private const string Door = "Api/ClientDoor.cs";
    private const string Proof = "Sessions/SessionProof.cs";
    private const string Growth = "Sessions/SessionRules.Growth.cs";
    private const string TwoPlacesTests = "Sessions.TwoPlacesRulesTests";
    private const string ProofTests = "Sessions.ProofRulesTests";

    // Where somebody is, how many share a seat, whose the fingerprint is, and who asks how often.
    private static Mutation[] Places =>
    [
        new("never-apart", "The network of a mate is judged when it joins, and never again.",
            new Edit(Staying, " && !(ApartSince(sessions, own, message, now) is { } since && now.Ms - since >= settings.TimeoutMs);", ";")),
        new("apart-at-once", "A mate is apart with its first message from another network.",
            new Edit(Staying, "now.Ms - since >= settings.TimeoutMs", "now.Ms - since >= 0")),
        new("apart-counts-on", "A mate that is with its lead again has been apart since it was first.",
            new Edit(Staying, "if (Network.AreSame(lead.Address, message.Address)) return null;", "if (Network.AreSame(lead.Address, message.Address)) return own.ApartSinceMs;")) { Tests = ["Sessions.SymbolRulesTests"] },
        new("apart-ends", "Whoever is apart is put out though a seat is free.",
            new Edit(Staying, "if (FindOwnSeat(license, draft.Sessions,", "if (FindOwnSeat(license with { Seats = 1 }, draft.Sessions,")),
        new("any-number-on-seat", "However many devices are on a seat, one more may join.",
            new Edit(Questions, "return count < settings.MostOnSeat;", "return count >= 0;"),
            new Edit(Staying, "return before < settings.MostOnSeat && ", "return ")),
        new("one-more-on-seat", "One device more than is set may be on a seat.",
            new Edit(Questions, "return count < settings.MostOnSeat;", "return count <= settings.MostOnSeat;"),
            new Edit(Staying, "return before < settings.MostOnSeat && ", "return before <= settings.MostOnSeat && ")),
        new("symbol-as-spelled", "A symbol is compared as it is spelled.",
            new Edit("Api/SymbolText.cs", "return upper.SequenceEqual(text) ? text : new string(upper);", "return text;")),
        new("app-joins", "A device that names its program joins a seat.",
            new Edit(Questions, " || message.App is not null", "")),
        new("holder-shares-with-strangers", "A holder asks out of the allowance of all.",
            new Edit(Door, "if (isKnown && message.Device.Length > 0)", "if (isKnown && message.Device.Length > 4000)")),
        new("release-limited", "A holder that has asked too often cannot leave.",
            new Edit(Door, "if (isHolder && endpoint == ClientEndpoint.Release) return default;", "")) { Tests = ["Api.LimitTests"] },
        new("copy-served", "A copied device is served everywhere, also where that is refused.",
            new Edit(Staying, "if (kind != MessageKind.Login && own.Copied is not null", "if (kind > MessageKind.Stream && own.Copied is not null")),
        new("copy-refused-at-home", "A copied device is refused where it logged in, too.",
            new Edit(Staying, "\n            && !Network.AreSame(own.HomeAddress, message.Address))", ")")),
        new("copy-forgotten", "The next heartbeat forgets that a device is in two places.",
            new Edit(Staying, "Beats = beats,", "Beats = beats, Copied = null,")) { Tests = [TwoPlacesTests] },
        new("copy-remembered", "A login does not settle that a device was in two places.",
            new Edit(Staying, "HomeAddress = refreshed.Address, Copied = null", "HomeAddress = refreshed.Address")) { Tests = [TwoPlacesTests] },
        new("home-stays", "A login from elsewhere leaves the session's place where it began.",
            new Edit(Staying, "HomeAddress = refreshed.Address, Copied = null", "Copied = null")),
        new("journey-is-copy", "Whoever is back in a network after any time is in two places.",
            new Edit(Staying, "if (heard.LastMs < sinceMs) continue;", ""),
            new Edit(Staying, "heard.Network != here && heard.LastMs >= sinceMs", "heard.Network != here")) { Tests = [TwoPlacesTests] },
        new("token-not-asked", "A proven session goes on without a token.",
            new Edit(Staying, "if (kind != MessageKind.Login && own.Proof is { } proof", "if (kind != MessageKind.Login && message.Token is not null && own.Proof is { } proof"),
            new Edit(Staying, "else if (kind == MessageKind.Heartbeat && proved is not null)", "else if (kind == MessageKind.Heartbeat && proved is not null && message.Token is not null)")),
        new("token-not-asked-to-leave", "Who has no token releases a proven session.",
            new Edit(Rules, "\n            || own.Proof?.Judge(message) is TokenVerdict.Old or TokenVerdict.Wrong)", ")")),
        new("wrong-token-ends", "Who has no token ends the session of whoever has one.",
            new Edit(Staying, "proof.Void(message.App));\n            return", "proof.Void(message.App));\n            else draft.End(own, EndReason.Released);\n            return")),
        new("old-token-right", "Tokens that were replaced long ago are right.",
            new Edit(Proof, "0 or 1 => TokenVerdict.Right,", "0 or 1 or 2 or 3 or 4 or 5 => TokenVerdict.Right,")) { Tests = [ProofTests] },
        new("previous-token-wrong", "Only the newest token is right.",
            new Edit(Proof, "0 or 1 => TokenVerdict.Right,", "0 => TokenVerdict.Right,")) { Tests = [ProofTests] },
        new("token-not-stored", "A token that a heartbeat brought is forgotten by the next start.",
            new Edit(Store, "case SessionChange.Proved(var session):\n                UpdatePlace(unit, session);", "case SessionChange.Proved(var session):\n                _ = session;")) { Tests = ["Api.TwoPlacesTests"] },
        new("binding-forgotten", "Once its session is over a device is bound to no installation.",
            new Edit(Rules, "if (message.BoundTo is not null && past?.Proof?.Judge(message) is not TokenVerdict.Right) return draft.Decide(new Outcome.LoginRequired());", "")) { Tests = [ProofTests] },
        new("stream-silent", "An open stream says something every 10 s.",
            new Edit("Sessions/Streams/StreamGrace.cs", "KeepAliveSeconds = 2;", "KeepAliveSeconds = 10;")),
        new("grace-as-set", "After a drop a client has the grace that is set, however short that is.",
            new Edit("Sessions/Streams/StreamGrace.cs", "allowShort ? 0 : LeastSeconds * 1000L;", "allowShort ? 0 : 0 * LeastSeconds;")) { Tests = ["Sessions.Streams.StreamGraceTests"] },
        new("any-number-of-new-devices", "However many new devices a license had in a day, it may have another.",
            new Edit(Growth, "isNewDevice && today.NewDevices >= ", "isNewDevice && today.NewDevices < 0 && today.NewDevices >= ")) { Tests = ["Sessions.GrowthRulesTests"] },
        new("old-devices-count", "A device that is known is counted as a new one.",
            new Edit(Registry, "growth.Note(license.Id, isNewDevice, now.Ms);", "growth.Note(license.Id, true, now.Ms);")) { Tests = ["Api.LimitTests"] },
        new("any-number-of-sessions", "However many sessions a license had in a day, it may have another.",
            new Edit(Growth, ": today.Sessions >= ", ": today.Sessions < 0 && today.Sessions >= ")) { Tests = ["Sessions.GrowthRulesTests"] },
    ];
}
