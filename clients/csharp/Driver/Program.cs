using System.Text.Json.Nodes;
using QuoTrading.Driver;

// Commands of JSON come a line each, and answers and events go; see clients/conformance/README.md.
var commands = new Commands(Console.Out);
while (Console.In.ReadLine() is { } line)
{
    var command = JsonNode.Parse(line)!.AsObject();
    if ((string?)command["command"] == "quit")
    {
        commands.Write(new JsonObject { ["id"] = command["id"]!.DeepClone(), ["ok"] = true });
        return;
    }

    var answered = commands.AnswerAsync(command);
    if ((string?)command["command"] != "login") await answered; // which runs beside the others, so that a release may come meanwhile
}
