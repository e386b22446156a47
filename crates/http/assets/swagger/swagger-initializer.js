window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    filter: true,
    // Two hundred routes are a long way to scroll on a telephone: there only their sections are open.
    docExpansion: matchMedia("(max-width: 40rem)").matches ? "none" : "list",
    layout: "StandaloneLayout",
    tryItOutEnabled: true,
    // Its badge would be asked of somebody else.
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl],
  });
};
