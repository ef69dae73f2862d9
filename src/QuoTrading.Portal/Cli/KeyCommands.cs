using System.CommandLine;
using System.Globalization;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing.Signing;

namespace QuoTrading.Portal.Cli;

/// <summary><c>keys show</c> and <c>keys rotate</c></summary>
internal static class KeyCommands
{
    public static Command Create() => new("keys", "The keys that answers to clients are signed with.") { Show(), Rotate() };

    private static Command Show()
    {
        var command = new Command("show", "Prints the public keys that authors build into their bots. They alone go to stdout, one a line: the current one, the next one, and the previous one where there is one.");
        command.SetAction((_, cancel) => CommandLine.WithServicesAsync(async services =>
        {
            var keys = services.GetRequiredService<SigningKeys>();
            if (!await keys.ReadAsync(cancel)) return await CommandLine.FailAsync("There are no keys yet. Start the server once: it makes them.");
            await PrintAsync(keys.All);
            await Console.Error.WriteLineAsync("Build the current and the next one into every bot that you publish.");
            return 0;
        }));
        return command;
    }

    private static Command Rotate()
    {
        var undo = new Option<bool>("--undo") { Description = "Makes the previous key the current one again; the current one is the next one again." };
        var lost = new Option<bool>("--lost") { Description = "Only where the key ring is lost for good: makes new keys in the place of those that cannot be read. Every bot with the old ones built in must get them." };
        var command = new Command("rotate", "Makes the next key the current one, and a new next one. First publish bots that have the next key built in: others believe no answer afterwards.") { undo, lost };
        command.Validators.Add(result =>
        {
            if (result.GetValue(undo) && result.GetValue(lost)) result.AddError("--undo and --lost exclude each other; give one of them.");
        });
        command.SetAction((given, cancel) => CommandLine.WithServicesAsync(services => RotateAsync(
            services.GetRequiredService<SigningKeys>(), given.GetValue(undo) ? Rotation.Undo : given.GetValue(lost) ? Rotation.ReplaceLost : Rotation.Forward, cancel)));
        return command;
    }

    private static async Task<int> RotateAsync(SigningKeys keys, Rotation rotation, CancellationToken cancel)
    {
        switch (await keys.RotateAsync(Actor.CommandLine, rotation, cancel))
        {
            case RotationOutcome.Rotated rotated:
                await PrintAsync(rotated.Keys);
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"A running server signs with {rotated.Keys[0].Kid} within {SigningKeyWatch.Pace.TotalSeconds} s. Build the current and the next key into every bot that you publish from now on."));
                if (rotation == Rotation.Forward) await Console.Error.WriteLineAsync("If bots stop now that did not have this key: keys rotate --undo.");
                return 0;
            case RotationOutcome.Refused refused:
                return await CommandLine.FailAsync(refused.Message);
            default:
                throw new InvalidOperationException("An outcome nobody thought of.");
        }
    }

    private static async Task PrintAsync(IReadOnlyList<PublicSigningKey> keys)
    {
        foreach (var key in keys)
        {
            await Console.Error.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"{key.Kid}: {key.Role.ToString().ToLowerInvariant()} since {key.Since:yyyy-MM-dd HH:mm} UTC{(key.IsReadable ? "" : "; its private key CANNOT be read: the key ring is another one")}"));
            await Console.Out.WriteLineAsync(key.Text);
        }
    }
}
