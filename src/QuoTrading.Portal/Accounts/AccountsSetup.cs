using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Accounts.Lockout;
using QuoTrading.Portal.Accounts.TwoStep;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts;

internal static class AccountsSetup
{
    /// <summary>People, tokens and the audit log: shared by the server and the command line.</summary>
    public static IdentityBuilder AddAccountsCore(this IServiceCollection services)
    {
        services.TryAddSingleton<AuditLog>();
        services.AddSingleton<AuditOfTarget>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<AuditQueries>();
        services.AddScoped<People>();
        services.AddSingleton<PeopleService>();
        services.Configure<DataProtectionTokenProviderOptions>(options => options.TokenLifespan = TimeSpan.FromDays(PeopleService.LinkDays));

        // The key ring is stored as plain files in the data directory, as operators are informed. Set explicitly, so that the
        // framework does not warn about it at each start.
        services.Configure<KeyManagementOptions>(options => options.XmlEncryptor = new NullXmlEncryptor());

        return services.AddIdentityCore<PortalUser>(options =>
            {
                options.User.RequireUniqueEmail = true;
                options.User.AllowedUserNameCharacters = "";
                options.Password.RequiredLength = People.ShortestPassword;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
                options.Password.RequiredUniqueChars = 1;
                options.Lockout.MaxFailedAccessAttempts = SignInService.FailuresUntilLockOut;
                options.Lockout.DefaultLockoutTimeSpan = SignInService.LockOut;
            })
            .AddRoles<IdentityRole>()
            .AddEntityFrameworkStores<PortalDbContext>()
            .AddUserStore<TwoStepStore>()
            .AddDefaultTokenProviders();
    }

    /// <summary>Sign-in, roles and tokens for the server.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddAccountsCore().AddSignInManager();
        services.AddSingleton<NoSuchPerson>();
        services.AddSingleton<SignInLimit>();
        services.AddSingleton<KeyedLock>();
        services.AddScoped<SignInService>();
        services.AddScoped(provider => (TwoStepStore)provider.GetRequiredService<IUserStore<PortalUser>>());
        services.AddScoped<TwoStepCodes>();
        services.AddScoped<TwoStepService>();
        services.AddScoped<TwoFactorPending>();
        services.AddSingleton<SetupCode>();
        services.AddHostedService<SetupAnnouncement>();

        services.AddHttpContextAccessor();
        services.AddScoped<AuthenticationStateProvider, CircuitRevalidation>();
        services.AddCascadingAuthenticationState();
        services.AddScoped<CurrentActor>();

        var schemes = services.AddAuthentication(IdentityConstants.ApplicationScheme);
        schemes.AddIdentityCookies();
        schemes.AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(ApiTokenHandler.Scheme, null);
        services.ConfigureApplicationCookie(Configure);
        services.Configure<CookieAuthenticationOptions>(IdentityConstants.TwoFactorUserIdScheme, options =>
        {
            options.Cookie.Name = TwoFactorPending.Cookie;
            options.Cookie.Path = "/sign-in";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = TwoFactorPending.Lifetime;
            options.SlidingExpiration = false;
        });
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddAuthorization(Policies.Configure);
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "portal.antiforgery";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        return services;
    }

    /// <summary>Authentication, authorization, antiforgery. After error pages and forwarded headers, before every endpoint.</summary>
    public static WebApplication UseAccounts(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        return app;
    }

    public static WebApplication MapAccounts(this WebApplication app)
    {
        app.MapPost("/sign-out", SignOutAsync);
        return app;
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, SignInService service, IAntiforgery antiforgery)
    {
        try
        {
            await antiforgery.ValidateRequestAsync(context);
        }
        catch (AntiforgeryValidationException)
        {
            return Results.BadRequest();
        }

        await service.SignOutAsync(context.GetActor());
        return Results.LocalRedirect("/sign-in");
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "portal.session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromHours(12);
        options.SlidingExpiration = true;
        options.LoginPath = "/sign-in";
        options.LogoutPath = "/sign-out";
        options.AccessDeniedPath = "/no-access";
        options.ReturnUrlParameter = "ReturnUrl";
        // The page itself redirects to the return URL, after a stricter check than the cookie handler's.
        options.Events.OnRedirectToReturnUrl = _ => Task.CompletedTask;
        options.Events.OnRedirectToLogin = context => RedirectAsync(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => RedirectAsync(context, StatusCodes.Status403Forbidden);
    }

    // No redirect to a page for requests to /api, nor for a POST that does not accept HTML, such as a circuit's.
    private static Task RedirectAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        var request = context.Request;
        var mayBeSent = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || Html.IsAskedForBy(request);
        if (!mayBeSent || request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)) context.Response.StatusCode = status;
        else context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
