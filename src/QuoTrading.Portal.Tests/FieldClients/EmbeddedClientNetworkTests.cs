using System.Net;
using System.Net.Sockets;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>B29, B30, B32: how the C# client gets to its server.</summary>
public sealed class EmbeddedClientNetworkTests : IDisposable
{
    private static readonly IPAddress Dead = IPAddress.Parse("192.0.2.1"); // leads nowhere, by RFC 5737

    private readonly TcpListener server = new(IPAddress.Loopback, 0);

    public EmbeddedClientNetworkTests() => server.Start(16);

    private int Port => ((IPEndPoint)server.LocalEndpoint).Port;

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task One_that_leads_nowhere_does_not_keep_the_next_one_waiting_and_what_worked_comes_first()
    {
        var connector = new LicenseConnector { LookUp = _ => Task.FromResult<IPAddress[]>([Dead, IPAddress.Loopback]) };

        using var first = await connector.ConnectAsync("portal.test", Port, TestContext.Current.CancellationToken);

        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)first.RemoteEndPoint!).Address);
        Assert.Equal([IPAddress.Loopback, Dead], LicenseConnector.Order([Dead, IPAddress.Loopback], IPAddress.Loopback));
    }

    [Fact]
    public async Task A_name_server_that_does_not_answer_is_left_behind_where_the_name_is_known()
    {
        var answers = new Queue<Task<IPAddress[]>>([Task.FromResult<IPAddress[]>([IPAddress.Loopback]), new TaskCompletionSource<IPAddress[]>().Task]);
        var connector = new LicenseConnector { LookUp = _ => answers.Dequeue() };
        using var first = await connector.ConnectAsync("portal.test", Port, TestContext.Current.CancellationToken);

        using var second = await connector.ConnectAsync("portal.test", Port, TestContext.Current.CancellationToken);
        using var third = await connector.ConnectAsync("portal.test", Port, TestContext.Current.CancellationToken); // the name is being looked up still

        Assert.True(second.Connected && third.Connected);
        Assert.Empty(answers);
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_said()
    {
        var connector = new LicenseConnector { LookUp = _ => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)) };
        var fault = await Assert.ThrowsAsync<SocketException>(() => connector.ConnectAsync("portal.test", Port, TestContext.Current.CancellationToken));
        Assert.Equal(SocketError.HostNotFound, fault.SocketErrorCode);
    }

    [Fact]
    public void Families_take_turns()
    {
        IPAddress[] four = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")], six = [IPAddress.Parse("2001:db8::1"), IPAddress.Parse("2001:db8::2")];
        Assert.Equal([six[0], four[0], six[1], four[1]], LicenseConnector.Order([.. six, .. four], worked: null));
    }

    [Theory]
    [InlineData("https://portal.example.com", "https://portal.example.com")]
    [InlineData(" https://portal.example.com/licenses/ ", "https://portal.example.com/licenses")]
    [InlineData("http://localhost:5080/", "http://localhost:5080")]
    [InlineData("http://[::1]:5080", "http://[::1]:5080")]
    public void An_address_may_have_a_path_and_a_slash(string server, string address)
    {
        using var session = new LicenseSession(server, "key");
        Assert.StartsWith(address + " bot ", session.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("portal.example.com")]
    [InlineData("http://portal.example.com")]
    [InlineData("ftp://portal.example.com")]
    [InlineData("https://user:secret@portal.example.com")]
    [InlineData("https://portal.example.com/?key=1")]
    public void One_that_cannot_be_right_is_refused(string server)
    {
        var fault = Assert.Throws<ArgumentException>(() => new LicenseSession(server, "key"));
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_may_have_a_password_which_no_error_repeats()
    {
        var proxy = LicenseProxy.Parse("http://user:p%40ss@proxy.example.com:3128");
        Assert.Equal(new Uri("http://proxy.example.com:3128"), proxy.Address);
        Assert.Equal("p@ss", proxy.Credentials!.GetCredential(proxy.Address!, "Basic")!.Password);

        var fault = Assert.Throws<ArgumentException>(() => LicenseProxy.Parse("ftp://user:p4ss@proxy.example.com"));
        Assert.DoesNotContain("p4ss", fault.Message, StringComparison.Ordinal);
    }
}
