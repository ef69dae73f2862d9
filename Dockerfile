# Builds the portal and runs it as an unprivileged user. The root file system may be read-only:
#
#   docker build -t quotrading-portal .
#   docker run --read-only --tmpfs /tmp -v portal-data:/data -p 127.0.0.1:5080:8080 quotrading-portal
#
# docs/operating.md tells the rest.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# First what decides which packages are needed: this layer is kept until one of these files changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY build/ build/
COPY src/QuoTrading.Portal/QuoTrading.Portal.csproj src/QuoTrading.Portal/packages.*lock.json src/QuoTrading.Portal/
RUN dotnet restore src/QuoTrading.Portal --locked-mode -a $(dpkg --print-architecture)

COPY .editorconfig BannedSymbols.txt appsettings.json ./
COPY wwwroot/ wwwroot/
COPY docs/client-api.md docs/
COPY clients/python/ clients/python/
COPY clients/csharp/examples/ clients/csharp/examples/
COPY src/QuoTrading.Portal/ src/QuoTrading.Portal/
RUN dotnet publish src/QuoTrading.Portal -c Release --no-restore -a $(dpkg --print-architecture) -o /app

# The C# client's package, which the page for bot authors offers.
COPY clients/csharp/QuoTrading.License/ clients/csharp/QuoTrading.License/
RUN dotnet pack clients/csharp/QuoTrading.License -c Release -o /app/clients

# The Python client's package, beside it.
FROM python:3.13-slim AS wheel
COPY clients/python/ /source/
RUN pip wheel --no-deps --wheel-dir /clients /source

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app ./
COPY --from=wheel /clients/ clients/

# The one place that is written to: database, lock file, key ring. A new volume takes over its owner.
RUN mkdir /data && chown $APP_UID:$APP_UID /data
VOLUME /data
ENV Portal__DataDirectory=/data \
    ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080
USER $APP_UID

HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["./QuoTrading.Portal", "health"]
ENTRYPOINT ["./QuoTrading.Portal"]
