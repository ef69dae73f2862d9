using System.Reflection;
using Microsoft.Extensions.Options;

namespace QuoTrading.Portal.Kernel;

/// <summary>Binds the settings of the installation to the framework's options, and reports all their errors at once.</summary>
internal static class SettingsSetup
{
    /// <summary>Adds the settings of one section. They are read once, and injected as <typeparamref name="T"/> itself.</summary>
    public static OptionsBuilder<T> AddSettings<T>(this IServiceCollection services, IConfiguration configuration) where T : class, ISettings
    {
        var name = typeof(T).GetCustomAttribute<SettingsSectionAttribute>()?.Name;
        var binding = new Binding<T>(configuration.GetSection(name is null ? PortalOptions.Section : $"{PortalOptions.Section}:{name}"));
        services.AddSingleton<IConfigureOptions<T>>(binding);
        services.AddSingleton<IValidateOptions<T>>(binding);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
        return services.AddOptions<T>().ValidateOnStart();
    }

    /// <summary>Makes the start fail with these sentences, together with the errors of all other settings.</summary>
    public static void Refuse<T>(this OptionsBuilder<T> options, IEnumerable<string> sentences) where T : class
    {
        foreach (var sentence in sentences) options.Validate(_ => false, sentence);
    }

    /// <summary>Checks all settings that were added.</summary>
    /// <exception cref="StartException">Some settings are invalid; the message names each.</exception>
    public static void CheckSettings(this IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (Exception wrong) when (wrong is OptionsValidationException or AggregateException)
        {
            IEnumerable<Exception> each = wrong is AggregateException several ? several.InnerExceptions : [wrong];
            throw new StartException(string.Join(Environment.NewLine, each.OfType<OptionsValidationException>().SelectMany(one => one.Failures).Distinct(StringComparer.Ordinal)));
        }
    }

    private sealed class Binding<T>(IConfigurationSection section) : IConfigureOptions<T>, IValidateOptions<T> where T : class, ISettings
    {
        private List<string> unreadable = [];

        // Binds each setting alone, because the binder stops at the first invalid one. Its message names the key and the value.
        public void Configure(T options)
        {
            unreadable = [];
            foreach (var setting in section.GetChildren())
            {
                try
                {
                    new ConfigurationBuilder().AddInMemoryCollection(setting.AsEnumerable()).Build().GetSection(section.Path).Bind(options);
                }
                catch (InvalidOperationException wrong)
                {
                    unreadable.Add(wrong.Message);
                }
            }
        }

        public ValidateOptionsResult Validate(string? name, T options) =>
            unreadable.Concat(options.Check()).ToList() is { Count: > 0 } wrong ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
    }
}
