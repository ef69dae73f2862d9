namespace QuoTrading.Portal.Components.Export;

/// <summary>
/// How many lists are exported at a time. Each looks through a whole table: nobody may take the machine from customers by asking for
/// it thirty times at once.
/// </summary>
internal sealed class ExportTurns : IEndpointFilter
{
    private const int Most = 4;

    private int underWay;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (Interlocked.Increment(ref underWay) > Most)
        {
            Interlocked.Decrement(ref underWay);
            return Results.Text("Other lists are being exported at this moment. Try again in a minute.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        // Not when the handler returns: what it returns may be written afterwards.
        context.HttpContext.Response.OnCompleted(() => Task.FromResult(Interlocked.Decrement(ref underWay)));
        return await next(context);
    }
}
