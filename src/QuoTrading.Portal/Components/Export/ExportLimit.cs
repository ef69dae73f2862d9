namespace QuoTrading.Portal.Components.Export;

/// <summary>
/// Limits how many lists are exported at the same time. Each export scans a whole table: many at once would slow down the requests
/// of clients.
/// </summary>
internal sealed class ExportLimit : IEndpointFilter
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

        // Not when the handler returns: its result may be written to the response afterwards.
        context.HttpContext.Response.OnCompleted(() => Task.FromResult(Interlocked.Decrement(ref underWay)));
        return await next(context);
    }
}
