//! Wiring: which parts a command starts, how they hang together, and in which order they stop.
//!
//! | module | what it owns |
//! |---|---|
//! | [`demo`] | the simulated market as a process of its own, and looking after it |
//! | [`kept`] | data directory, journal, store, recorder, hub: everything that keeps events |
//! | [`collection`] | the venues that are collected from |
//! | [`pages`] | the page, its files and its server functions |

mod collection;
mod demo;
mod kept;
mod pages;
mod publish;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tradesuite_core::model::Mode;

use self::collection::{Collection, Endpoints};
use self::demo::Demo;
use self::kept::Kept;
use crate::server::clock::Clock;
use crate::server::collector::status::StatusBoard;
use crate::server::config::Settings;
use crate::server::exchange::EXCHANGES;
use crate::server::import::{Debts, Import, Progress};
use crate::server::replay::{self, Speed};
use crate::server::service::{Documents, Service, ServiceParts};
use crate::server::simulator::{self, SimulatorConfig};
use crate::server::storage::MarketStore as _;
use crate::server::storage::directory::DataDirectory;
use crate::server::storage::sqlite::SqliteStore;
use crate::server::web::{self, Access, AppState, EntranceLimits, SocketLimits};
use crate::ui::panel::KINDS;

/// Batches of replayed events that may wait for the journal.
const REPLAY_QUEUE: usize = 64;

/// Collects, keeps and shows the market until `shutdown`.
///
/// # Errors
/// Where the data directory cannot be used, the address is taken, or the simulated market does
/// not start.
pub async fn serve(
    settings: Settings,
    mode: Mode,
    seed: u64,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let clock = Clock::system();
    let opened = shutdown.run_until_cancelled(Kept::open(&settings, mode, &clock));
    let Some(mut kept) = opened.await.transpose()? else {
        return Ok(());
    };
    let begun = begin(&settings, mode, seed, &clock, &mut kept);
    let begun = shutdown.run_until_cancelled(begun).await.transpose()?;
    let Some((demo, collection)) = begun else {
        kept.close().await;
        return Ok(());
    };
    let service = Service::new(ServiceParts {
        store: kept.store(),
        hub: kept.hub().clone(),
        keeping: Some(kept.keeping()),
        directory: collection.directory().clone(),
        board: collection.board().clone(),
        clock: clock.clone(),
        mode,
        exchanges: EXCHANGES.iter().map(|e| e.spec().id.to_owned()).collect(),
    });
    let service = match collection.history() {
        Some(history) => service.with_history(history.clone()),
        None => service,
    };
    // What is collected around the clock is also looked at around the clock: its bars and the
    // day's figures are there before anybody asks.
    let leases: Vec<_> = settings
        .instruments
        .iter()
        .map(|id| service.follow(id))
        .collect();
    let documents = Documents::new(kept.state(), &KINDS);
    let served = listen(&settings, &service, documents, &shutdown).await;
    drop(leases);
    service.finish().await;
    collection.stop().await;
    kept.close().await;
    if let Some(demo) = demo {
        demo.stop().await;
    }
    served
}

/// Starts the simulated market where one is asked for, and to collect.
async fn begin(
    settings: &Settings,
    mode: Mode,
    seed: u64,
    clock: &Clock,
    kept: &mut Kept,
) -> anyhow::Result<(Option<Demo>, Collection)> {
    let demo = match (mode, settings.demo_address) {
        (Mode::Demo, None) => Some(Demo::start(seed, settings.demo_rate).await?),
        _ => None,
    };
    let simulator = demo.as_ref().map(Demo::address).or(settings.demo_address);
    let endpoints = match (mode, simulator) {
        (Mode::Demo, Some(address)) => Endpoints::Simulator(address),
        _ => Endpoints::Venues,
    };
    let collection = Collection::start(settings, endpoints, clock, kept).await?;
    Ok((demo, collection))
}

/// Plays recorded frames into a server, which goes on serving after their end until `shutdown`.
///
/// # Errors
/// As [`serve`]; and where a file cannot be read.
pub async fn replay(
    settings: Settings,
    files: Vec<PathBuf>,
    exchange: Option<String>,
    speed: Speed,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let clock = Clock::system();
    let opened = shutdown.run_until_cancelled(Kept::open(&settings, Mode::Replay, &clock));
    let Some(kept) = opened.await.transpose()? else {
        return Ok(());
    };
    let collection = Collection::none(&kept).await?;
    let service = Service::new(ServiceParts {
        store: kept.store(),
        hub: kept.hub().clone(),
        keeping: Some(kept.keeping()),
        directory: collection.directory().clone(),
        board: StatusBoard::default(),
        clock,
        mode: Mode::Replay,
        exchanges: EXCHANGES.iter().map(|e| e.spec().id.to_owned()).collect(),
    });
    let stop_playing = shutdown.child_token();
    let (sink, mut events) = tokio::sync::mpsc::channel(REPLAY_QUEUE);
    let player = tokio::spawn(replay::play(
        files,
        exchange,
        speed,
        sink,
        stop_playing.clone(),
    ));
    let journal = kept.journal().clone();
    let taker = tokio::spawn(async move {
        while let Some(batch) = events.recv().await {
            if journal.append(batch).await.is_err() {
                return;
            }
        }
    });
    let ended = shutdown.clone();
    let watcher = tokio::spawn(async move {
        let played = player.await.context("the player panicked")?;
        match &played {
            Ok(played) => tracing::info!(
                frames = played.frames,
                events = played.events,
                errors = played.errors,
                "everything was played; still serving"
            ),
            // Without its frames there is nothing to serve.
            Err(_) => ended.cancel(),
        }
        played.map(|_| ())
    });
    let documents = Documents::new(kept.state(), &KINDS);
    let served = listen(&settings, &service, documents, &shutdown).await;
    service.finish().await;
    stop_playing.cancel();
    let played = watcher.await.context("the replay panicked")?;
    taker.await.context("the replay's sink panicked")?;
    kept.close().await;
    served.and(played)
}

/// Prints what recorded frames amount to.
///
/// # Errors
/// Where a file cannot be read.
#[expect(clippy::print_stdout, reason = "the command line's own output")]
pub fn summarize(files: &[PathBuf], exchange: Option<&str>) -> anyhow::Result<()> {
    let summary = replay::summarize(files, exchange)?;
    println!("{}", serde_json::to_string_pretty(&summary)?);
    Ok(())
}

/// Takes trades or bars out of a file into a data directory that no server has open. It stays in
/// the mode in which it was made, and a new one is live.
///
/// # Errors
/// Where the directory is in use or refused, and where the file cannot be imported whole.
#[expect(clippy::print_stdout, reason = "the command line's own output")]
pub async fn import(
    data: PathBuf,
    import: Import,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let now = Clock::system().now();
    let mode = DataDirectory::stamped(&data)?.unwrap_or(Mode::Live);
    let directory = DataDirectory::open(&data, mode, now)?;
    let store = SqliteStore::open(&directory)?;
    let progress = Progress::on_stderr();
    let debts = Debts::of(directory.path());
    let imported = shutdown
        .run_until_cancelled(async {
            debts.work_off(&store, now.to_ms()).await;
            import.run(&store, &debts, now, &progress).await
        })
        .await;
    store.close().await;
    let Some(imported) = imported else {
        anyhow::bail!(
            "interrupted; what was imported until then stays, and importing the file again doubles nothing"
        );
    };
    let imported = imported?;
    println!("{}", imported.sentence(&import.instrument));
    Ok(())
}

/// Is a simulated venue until `shutdown`, or until standard input closes where that is asked for.
///
/// # Errors
/// Where the address is taken.
pub async fn simulate(
    config: SimulatorConfig,
    until_stdin_closes: bool,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let simulator = simulator::serve(config, Clock::system(), shutdown.clone()).await?;
    announce(simulator.address())?;
    if until_stdin_closes {
        let watched = shutdown.clone();
        tokio::spawn(async move {
            let mut nothing = tokio::io::sink();
            // Ends when the process at the other side does, however it ends.
            let _ = tokio::io::copy(&mut tokio::io::stdin(), &mut nothing).await;
            watched.cancel();
        });
    }
    simulator.finished().await
}

/// Says on standard output where the server listens.
fn announce(address: SocketAddr) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on http://{address}").context("failed to print the address")?;
    out.flush().context("failed to print the address")
}

/// Serves until `shutdown`; connections that are open then are told and closed.
async fn listen(
    settings: &Settings,
    service: &Service,
    documents: Documents,
    shutdown: &CancellationToken,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(settings.bind)
        .await
        .with_context(|| format!("failed to listen on {}", settings.bind))?;
    let address = listener
        .local_addr()
        .context("failed to read the bound address")?;
    let state = AppState {
        service: service.clone(),
        documents,
        access: Access::new(address),
        sockets: SocketLimits::default(),
        shutdown: shutdown.child_token(),
        tasks: TaskTracker::new(),
        leptos: pages::options(address)?,
    };
    let (status, ended) = (service.clone(), state.shutdown.clone());
    state
        .tasks
        .spawn(ended.run_until_cancelled_owned(async move { status.publish_status().await }));
    let router = web::router(state.clone(), pages::routes(&state));
    announce(address)?;
    web::serve(
        listener,
        router,
        EntranceLimits::default(),
        shutdown.clone(),
    )
    .await;
    state.shutdown.cancel();
    state.tasks.close();
    state.tasks.wait().await;
    Ok(())
}
