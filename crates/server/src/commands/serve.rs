//! `demo` and `serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use http_base::Mode;
use kernel::{Clock, Error, Kind, Result};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::build::{self, Server};
use crate::cli::{Database, Demo};
use crate::settings::{Embeddings, Settings};
use crate::{demo, demo_coach, demo_market};

/// How long requests under way may take when the server stops.
const GRACE: Duration = Duration::from_secs(30);

/// Shows everything with sample data, on this machine only.
pub(super) async fn demo(options: Demo) -> Result<()> {
    // The demo's data is its own: a DATABASE_URL of the environment is somebody's, and is not looked at.
    let data_dir = options.database_url.is_none().then(|| options.data_dir.clone());
    let database = Database { database_url: options.database_url.clone(), data_dir };
    let mut settings = Settings::from_environment(&database)?;
    make_folder(&settings)?;
    // The sample world has vectors of the local model.
    settings.embeddings = Embeddings::Local;
    settings.log_json = false;
    // It has one user, who may also measure it.
    settings.taken.of_address = None;
    if std::env::var_os("LOG_LEVEL").is_none() {
        settings.log_level = tracing::Level::WARN;
    }
    start_logs(&settings);
    let db = build::open_database(&settings).await?;
    if settings.accounts.secret.is_none() {
        settings.accounts.secret = Some(demo::secret(&db).await?);
    }
    if settings.secrets.is_empty() {
        settings.secrets = std::sync::Arc::new(demo::keys(settings.folder())?);
    }
    let kept = demo::workspace(&db).await?;
    let workspace = kept.unwrap_or_else(|| Clock::system().new_id());
    let listener = listen(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), options.port)).await?;
    let place = reached(&mut settings, &listener)?;
    let server = Server::new(db, Mode::Demo(workspace), &settings).await?;
    if kept.is_none() {
        demo::load(&server.app, &server.directory, workspace).await?;
    }
    server.directory.warm().await?;
    server.market.warm().await?;
    // The coach's past comes first: what delivers webhooks goes by the order in which things were written.
    demo_coach::load(&server, &settings).await?;
    demo_market::load(&server, &settings).await?;
    super::tell(&invitation(&server, place, &options));
    if let Some(reader) = server.reader() {
        super::tell(&format!(
            "A key is set: the words of searches, and of questions to the coach, are sent to {reader} to be read.\n"
        ));
    }
    run(server, &settings, listener).await
}

fn invitation(server: &Server, place: SocketAddr, options: &Demo) -> String {
    let creators = server.directory.catalogue().read().len();
    let data =
        options.database_url.as_deref().map_or_else(|| options.data_dir.display().to_string(), |_| "PostgreSQL".into());
    format!(
        r#"InfluencerFlow {version}: this is a DEMO with invented people, for this machine only ({creators} creators, data in {data}).
Nobody needs a token here, no mail is sent, nobody is called, no money moves.

  Open   http://{place}/docs     to try every route
         http://{place}/redoc    to read about them

  Try    curl -s 'http://{place}/api/v1/creators?campaign_id=CAMP-001&limit=3'

         curl -s http://{place}/api/v1/creators/search -H 'Content-Type: application/json' \
           -d '{{"query": "microinfluencers de cocina vegana en España, hasta 800€"}}'

         curl -s http://{place}/api/v1/ai/similaritysearch -H 'Content-Type: application/json' \
           -d '{{"product_name": "FitBand Pro", "product_niche": "Fitness Technology", "total_budget": 25000,
                "target_audience": "Health-conscious people aged 25-45 who track their fitness"}}'

  Log in as  a brand            {brand}
             a creator          {creator}
             a coach            {coach}
             an administrator   {admin}
             password of each   {password}

  Chat   {chat}     the coach's assistant on a website: ask what the twelve-week programme costs

  Stop   Ctrl-C. To start afresh, delete the data.
"#,
        version = build::VERSION,
        brand = demo_market::BRAND,
        creator = demo_market::CREATOR,
        coach = demo_coach::COACH,
        // By this name alone: the chat's frame lets in no pages of another.
        chat = format_args!("{}/widget-demo", server.app.public_url()),
        admin = demo_market::ADMIN,
        password = demo_market::PASSWORD,
    )
}

/// Makes the folder of the SQLite file, if it is not there.
pub(super) fn make_folder(settings: &Settings) -> Result<()> {
    let Some(folder) =
        settings.sqlite_file().and_then(std::path::Path::parent).filter(|folder| !folder.as_os_str().is_empty())
    else {
        return Ok(());
    };
    private_folder(folder).map_err(|error| {
        Error::new(
            Kind::Unavailable,
            format!(
                "the folder {} cannot be made: {error}; choose another with --data-dir or DATA_DIR",
                folder.display()
            ),
        )
    })
}

/// Makes a folder that is its owner's alone; one that is there stays as it is.
fn private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Serves for real.
pub(super) async fn serve(database: &Database) -> Result<()> {
    let mut settings = Settings::from_environment(database)?;
    if let Some(fault) = settings.fault_of_serving() {
        return Err(Error::new(Kind::Invalid, format!("these settings make no sense:\n  {fault}")));
    }
    start_logs(&settings);
    let started = Instant::now();
    make_folder(&settings)?;
    let db = build::open_database(&settings).await?;
    let listener = listen(SocketAddr::new(settings.host, settings.port)).await?;
    let place = reached(&mut settings, &listener)?;
    let server = Server::new(db, Mode::Serve, &settings).await?;
    server.directory.warm().await?;
    server.market.warm().await?;
    let creators = server.directory.catalogue().read().len();
    let seconds = started.elapsed().as_secs_f64();
    tracing::info!(%place, creators, seconds, version = build::VERSION, "ready");
    run(server, &settings, listener).await
}

/// Where it listens; links lead there, unless `PUBLIC_BASE_URL` says otherwise.
fn reached(settings: &mut Settings, listener: &TcpListener) -> Result<SocketAddr> {
    let place = listener.local_addr().map_err(Error::internal)?;
    settings.public_url.get_or_insert_with(|| format!("http://localhost:{}", place.port()));
    Ok(place)
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let what = if error.kind() == std::io::ErrorKind::AddrInUse {
            "is taken by another program; choose another port".to_owned()
        } else {
            format!("cannot be listened on: {error}")
        };
        Error::new(Kind::Unavailable, format!("{address} {what}"))
    })
}

async fn run(server: Server, settings: &Settings, listener: TcpListener) -> Result<()> {
    let metrics = http_base::telemetry::install_metrics().map_err(Error::internal)?;
    let about = server.about(settings, Some(metrics.clone()));
    // Durations wait in memory until they are put into their buckets, whether or not anybody reads the figures.
    let upkeep = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            metrics.run_upkeep();
        }
    });
    let workers = server.start_workers(settings.workers).await?;
    let subscribers = server.start_subscribers().await?;
    let service = server.service(about, &settings.origins)?;
    let live = server.inbox.hub().clone();
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let serving = http_base::connections::serve(
        listener,
        service,
        settings.taken,
        Box::pin(async move {
            stop_signal().await;
            tracing::info!("stopping: requests under way are finished first");
            // Streams have no end of their own, and would hold up everybody.
            live.close();
            stopping.send_replace(true);
        }),
    );
    let patience = async {
        // An error means that serving has ended already.
        let _ = stopped.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = serving => {}
        () = patience => tracing::warn!("some requests took longer than {} seconds to finish and were broken off", GRACE.as_secs()),
    }
    upkeep.abort();
    workers.stop().await;
    subscribers.stop().await;
    server.app.db().close().await;
    Ok(())
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

/// Logs go to standard error, one line for each event.
fn start_logs(settings: &Settings) {
    let filter = EnvFilter::new(format!("{},sqlx=warn,hyper=warn", settings.log_level));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber in one process is a test's; the first one stays.
    let _ = if settings.log_json { builder.json().try_init() } else { builder.try_init() };
}
