namespace QuoTrading.Portal.Kernel;

/// <summary>The settings of one section, as the configuration has them.</summary>
internal interface ISettings
{
    /// <summary>What is wrong with them: a sentence for each, which names the key.</summary>
    IEnumerable<string> Check();
}
