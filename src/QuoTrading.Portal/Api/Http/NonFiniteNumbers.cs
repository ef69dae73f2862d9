namespace QuoTrading.Portal.Api.Http;

/// <summary>
/// Python's <c>json.dumps</c> writes NaN, Infinity and -Infinity, which are not JSON. Used only for bodies that could not be read.
/// </summary>
internal static class NonFiniteNumbers
{
    /// <summary>Replaces each by an empty array of the same length; null if the body has none.</summary>
    public static byte[]? Replace(ReadOnlySpan<byte> body)
    {
        byte[]? replaced = null;
        for (var at = 0; at < body.Length; at++)
        {
            if (body[at] == (byte)'"')
            {
                at = EndOfText(body, at);
                continue;
            }

            var length = LengthOf(body[at..]);
            if (length == 0) continue;
            replaced ??= body.ToArray();
            replaced.AsSpan(at, length).Fill((byte)' ');
            replaced[at] = (byte)'[';
            replaced[at + length - 1] = (byte)']';
            at += length - 1;
        }

        return replaced;
    }

    private static int EndOfText(ReadOnlySpan<byte> body, int start)
    {
        var at = start + 1;
        while (at < body.Length && body[at] != (byte)'"') at += body[at] == (byte)'\\' ? 2 : 1;
        return at;
    }

    private static int LengthOf(ReadOnlySpan<byte> rest) =>
        rest.StartsWith("NaN"u8) && IsEnd(rest, 3) ? 3
        : rest.StartsWith("Infinity"u8) && IsEnd(rest, 8) ? 8
        : rest.StartsWith("-Infinity"u8) && IsEnd(rest, 9) ? 9 : 0;

    private static bool IsEnd(ReadOnlySpan<byte> rest, int length) =>
        rest.Length == length || (char)rest[length] is ',' or '}' or ']' or ' ' or '\t' or '\r' or '\n';
}
