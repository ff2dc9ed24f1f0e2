//! A synthetic market that speaks the venues' own protocols over sockets on loopback, so that the
//! whole way of the data can be tried without a network.
//!
//! [`serve`] opens it and gives back where. It prints nothing and must not know the collector or
//! anything else that listens to it.
//!
//! | module | what it owns |
//! |---|---|
//! | [`market`] | the market itself: pure, deterministic in seed and time |
//! | [`floor`] | the task that plays the market along the clock |
//! | [`venue`] | the venues' protocols |
//! | [`faults`] | what can go wrong on purpose |
//! | `control` | `/sim`: state, faults and standing still, for tests |

mod control;
pub mod faults;
pub mod floor;
pub mod market;
pub mod venue;

use std::net::SocketAddr;
use std::str::FromStr;

use anyhow::{Context as _, bail};
use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tradesuite_core::model::UnixNs;

use self::faults::{FaultPlan, FaultSwitch};
use self::floor::{Floor, FloorHandle};
use self::market::Market;
use self::market::listing::{self, Listing, ListingError};
use self::market::walk::MINUTE_NS;
use self::venue::VenueSelection;
use self::venue::limit::RequestLimit;
use crate::server::clock::Clock;

/// REST requests a second from one address.
const REQUESTS_PER_S: u32 = 10;
/// Actions played before opening at the most, so that opening stays quick.
const WARM_UP_ACTIONS: f64 = 400_000.0;

/// Instruments traded where nobody says which.
const DEFAULT_INSTRUMENTS: usize = 24;

/// Which instruments are traded: `12` (so many of the table) or `BTC-USD,ETH-USD`.
#[derive(Clone, Debug, PartialEq)]
pub struct InstrumentSelection(Vec<&'static Listing>);

impl FromStr for InstrumentSelection {
    type Err = ListingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        listing::select(text).map(Self)
    }
}

impl Default for InstrumentSelection {
    fn default() -> Self {
        Self(listing::LISTINGS.iter().take(DEFAULT_INSTRUMENTS).collect())
    }
}

/// How the simulated market is set up.
#[derive(Clone, Debug)]
pub struct SimulatorConfig {
    /// Address to listen on; loopback only. Port 0 takes a free one.
    pub bind: SocketAddr,
    /// The world: equal seeds give equal prices at equal times.
    pub seed: u64,
    /// Orders a second over all instruments on average.
    pub rate_events_per_s: f64,
    /// What is traded.
    pub instruments: InstrumentSelection,
    /// Which venues are played. They trade one and the same market.
    pub venues: VenueSelection,
    /// Faults in force from the start.
    pub faults: FaultPlan,
    /// Days of bars before today.
    pub history_days: u32,
}

impl Default for SimulatorConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: 1,
            rate_events_per_s: 300.0,
            instruments: InstrumentSelection::default(),
            venues: VenueSelection::default(),
            faults: FaultPlan::default(),
            history_days: 400,
        }
    }
}

/// What requests and lines share.
#[derive(Clone)]
pub struct App {
    floor: FloorHandle,
    faults: FaultSwitch,
    limit: RequestLimit,
    clock: Clock,
    seed: u64,
    history_days: u32,
    shutdown: CancellationToken,
}

/// A running simulator.
#[derive(Debug)]
pub struct SimulatorHandle {
    address: SocketAddr,
    task: JoinHandle<anyhow::Result<()>>,
}

impl SimulatorHandle {
    /// Where it listens: every venue at its own paths, controls under `/sim`.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until it has ended after the shutdown was cancelled.
    ///
    /// # Errors
    /// What made it end early.
    pub async fn finished(self) -> anyhow::Result<()> {
        self.task.await.context("the simulator panicked")?
    }
}

/// Opens the simulated market. It runs until `shutdown` is cancelled.
///
/// # Errors
/// An address that is not loopback or not free, or a rate that is no rate.
pub async fn serve(
    config: SimulatorConfig,
    clock: Clock,
    shutdown: CancellationToken,
) -> anyhow::Result<SimulatorHandle> {
    if !config.bind.ip().is_loopback() {
        bail!(
            "the simulator binds loopback addresses only, such as 127.0.0.1:0, not {}",
            config.bind
        );
    }
    let rate = config.rate_events_per_s;
    if !(0.1..=100_000.0).contains(&rate) {
        bail!("between 0.1 and 100000 events a second can be simulated, not {rate}");
    }
    let listener = TcpListener::bind(config.bind)
        .await
        .with_context(|| format!("failed to listen on {}", config.bind))?;
    let address = listener
        .local_addr()
        .context("failed to read the bound address")?;

    let (floor, questions) = floor::channel();
    let app = App {
        floor,
        faults: FaultSwitch::new(config.faults),
        limit: RequestLimit::new(REQUESTS_PER_S),
        clock: clock.clone(),
        seed: config.seed,
        history_days: config.history_days,
        shutdown: shutdown.clone(),
    };
    let market = tokio::task::spawn_blocking({
        let (seed, listings) = (config.seed, config.instruments.0);
        let clock = clock.clone();
        move || open_market(&listings, seed, rate, clock.now())
    })
    .await
    .context("failed to open the market")?;
    let floor_task = tokio::spawn(Floor::new(market, clock).run(questions, shutdown.clone()));
    let faces = config.venues.0.iter().map(|face| (face.router)(&app));
    let router = faces.fold(control::routes(), Router::merge).with_state(app);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let task = tokio::spawn(async move {
        axum::serve(listener, service)
            .with_graceful_shutdown(shutdown.cancelled_owned())
            .await
            .context("failed to serve the simulated market")?;
        floor_task.await.context("the trading floor panicked")
    });
    Ok(SimulatorHandle { address, task })
}

/// A market that has been open since the beginning of a minute, so that its bars are whole.
fn open_market(listings: &[&'static Listing], seed: u64, rate: f64, now: UnixNs) -> Market {
    let this_minute = now.0.div_euclid(MINUTE_NS) * MINUTE_NS;
    let earlier_minutes = (WARM_UP_ACTIONS / (rate * 60.0)).min(2.0) as i64;
    let start = UnixNs(this_minute - earlier_minutes * MINUTE_NS);
    let mut market = Market::new(listings, seed, rate, start);
    market.warm_up(now);
    market.refresh_days();
    market
}

#[cfg(test)]
mod tests;
