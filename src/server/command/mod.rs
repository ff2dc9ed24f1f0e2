//! The command line: what can be asked for, and the exit code that answers.
//!
//! Standard output carries only what a script reads (the address, a summary); logs go to
//! standard error.

mod import;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anstyle::AnsiColor;
use clap::{Args, Parser, Subcommand};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tradesuite_core::model::Mode;

use self::import::ImportArgs;
use crate::server::clock::Clock;
use crate::server::config::{Resolved, Settings};
use crate::server::doctor::{self, Finding, Verdict};
use crate::server::exchange;
use crate::server::replay::Speed;
use crate::server::run;
use crate::server::simulator::faults::FaultPlan;
use crate::server::simulator::venue::VenueSelection;
use crate::server::simulator::{InstrumentSelection, SimulatorConfig};

/// A self-hosted crypto market workstation.
#[derive(Debug, Parser)]
#[command(version, about, long_about = None)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Collect, keep, watch and show the market (what happens without a command, too)
    #[command(
        after_help = "Examples:\n  tradesuite serve\n  tradesuite serve --demo\n  tradesuite serve --bind 127.0.0.1:0 --data /srv/tradesuite"
    )]
    Serve(ServeArgs),
    /// Play recorded frames through the same path as live ones
    #[command(
        after_help = "Examples:\n  tradesuite replay capture.jsonl.gz --summary json\n  tradesuite replay *.jsonl --exchange coinbase --speed 10 --serve"
    )]
    Replay(ReplayArgs),
    /// Say whether a server could run here: settings, disk, store, clock, venues
    #[command(
        after_help = "Examples:\n  tradesuite doctor\n  tradesuite doctor --config /etc/tradesuite.toml"
    )]
    Doctor(DoctorArgs),
    /// Be a synthetic venue on loopback, speaking the venues' own protocols
    #[command(
        after_help = "Examples:\n  tradesuite simulate\n  tradesuite simulate --venues kraken --faults wrong_checksum=0.001\n  tradesuite simulate --bind 127.0.0.1:9000 --seed 7 --rate 2000 --faults cut=60s,drop=0.001"
    )]
    Simulate(SimulateArgs),
    /// Take trades or bars out of a file into a data folder that no server has open
    #[command(
        after_help = "Files have a header and may be packed (.gz). Importing one twice changes nothing.\n  trades   ts_ms,id,side,price,amount\n  candles  ts_ms,open,high,low,close,volume\n\nExamples:\n  tradesuite import trades trades.csv.gz --instrument coinbase:BTC-USD\n  tradesuite import candles minutes.csv --instrument coinbase:BTC-USD --timeframe 1m --data /srv/tradesuite"
    )]
    Import(ImportArgs),
}

#[derive(Args, Clone, Debug, Default)]
struct ServeArgs {
    #[command(flatten)]
    place: Place,
    /// Show a simulated market instead of the exchanges
    #[arg(long)]
    demo: bool,
    /// Seed of the simulated market
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Args, Clone, Debug, Default)]
struct Place {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    bind: Option<String>,
    /// Folder of the stores [default: data/live, data/demo or data/replay]
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Settings file [default: tradesuite.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
struct ReplayArgs {
    /// Captures, one frame a line (.jsonl or .jsonl.gz)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Whose frames they are, where the files do not say
    #[arg(long, value_name = "NAME")]
    exchange: Option<String>,
    /// How many times faster than recorded, or max
    #[arg(long, default_value = "1", value_name = "N|max")]
    speed: Speed,
    /// Show it in the page and go on serving at the end
    #[arg(long)]
    serve: bool,
    /// Print what the frames amount to and exit
    #[arg(long, value_name = "json", value_parser = ["json"])]
    summary: Option<String>,
    #[command(flatten)]
    place: Place,
}

#[derive(Args, Clone, Debug)]
struct DoctorArgs {
    /// Look as for serve --demo
    #[arg(long)]
    demo: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Args, Clone, Debug)]
struct SimulateArgs {
    /// Loopback address and port to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    bind: SocketAddr,
    /// Seed: the same seed plays the same market
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Market events a second, all instruments together
    #[arg(long, default_value_t = 300.0, value_name = "EVENTS_PER_S")]
    rate: f64,
    /// How many instruments, or which ones
    #[arg(long, default_value = "24", value_name = "N|LIST")]
    instruments: InstrumentSelection,
    /// Which venues to be, all on one market
    #[arg(long, default_value = "coinbase,kraken", value_name = "LIST")]
    venues: VenueSelection,
    /// What goes wrong, such as cut=60s,drop=0.001
    #[arg(long, default_value = "", value_name = "SPEC")]
    faults: FaultPlan,
    /// End when standard input closes, so that it does not outlive whoever started it
    #[arg(long, hide = true)]
    until_stdin_closes: bool,
}

/// Runs what the command line says: 0 done, 1 failed, 2 not understood.
#[must_use]
pub fn main() -> ExitCode {
    let command = match CommandLine::try_parse() {
        Ok(line) => line.command.unwrap_or(Command::Serve(ServeArgs {
            seed: 1,
            ..ServeArgs::default()
        })),
        Err(error) => {
            // Fails only where the terminal is gone.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match execute(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(text)) => {
            complain(&text);
            ExitCode::from(2)
        }
        Err(Failure::Failed(error)) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

enum Failure {
    Usage(String),
    Failed(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

#[expect(clippy::print_stderr, reason = "the command line's own output")]
fn complain(text: &str) {
    eprintln!("error: {text}");
}

fn execute(command: Command) -> Result<(), Failure> {
    // Without a provider chosen, rustls panics at the first connection.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        return Err(Failure::Failed(anyhow::anyhow!("TLS was set up twice")));
    }
    match command {
        Command::Serve(args) => {
            let mode = if args.demo { Mode::Demo } else { Mode::Live };
            let settings = settings(&args.place, mode)?;
            start_log(&settings.log);
            block_on(|shutdown| run::serve(settings, mode, args.seed, shutdown))
        }
        Command::Replay(args) if args.serve => {
            let settings = settings(&args.place, Mode::Replay)?;
            start_log(&settings.log);
            block_on(|shutdown| {
                run::replay(settings, args.files, args.exchange, args.speed, shutdown)
            })
        }
        Command::Replay(args) => {
            start_log("warn");
            Ok(run::summarize(&args.files, args.exchange.as_deref())?)
        }
        Command::Doctor(args) => examine(&args),
        Command::Import(args) => {
            let (place, import) = args.understood()?;
            let settings = settings(&place, Mode::Live)?;
            start_log(&settings.log);
            import::look_at_venue(&import.instrument);
            block_on(|shutdown| run::import(settings.data, import, shutdown))
        }
        Command::Simulate(args) => {
            start_log("info");
            let config = SimulatorConfig {
                bind: args.bind,
                seed: args.seed,
                rate_events_per_s: args.rate,
                instruments: args.instruments,
                venues: args.venues,
                faults: args.faults,
                ..SimulatorConfig::default()
            };
            block_on(|shutdown| run::simulate(config, args.until_stdin_closes, shutdown))
        }
    }
}

/// Prints the settings with their sources and what was found; fails where a server could not work.
fn examine(args: &DoctorArgs) -> Result<(), Failure> {
    let mode = if args.demo { Mode::Demo } else { Mode::Live };
    let resolved = resolve(&args.place)?;
    anstream::println!("settings");
    for (name, value, source) in resolved.iter() {
        anstream::println!("  {name:<17} {value:<32} {source}");
    }
    anstream::println!();
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| anyhow::anyhow!("failed to start the runtime: {error}"))?;
    let findings = runtime.block_on(doctor::examine(&resolved, mode, &Clock::system()));
    for Finding {
        topic,
        verdict,
        sentence,
    } in &findings
    {
        let (sign, style) = match verdict {
            Verdict::Good => ("ok", AnsiColor::Green),
            Verdict::Doubtful => ("doubtful", AnsiColor::Yellow),
            Verdict::Bad => ("bad", AnsiColor::Red),
        };
        let style = style.on_default();
        anstream::println!("{style}{sign:<9}{style:#} {topic:<10} {sentence}");
    }
    let bad = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Bad)
        .count();
    match bad {
        0 => Ok(()),
        1 => Err(Failure::Failed(anyhow::anyhow!(
            "one thing stands in the way"
        ))),
        _ => Err(Failure::Failed(anyhow::anyhow!(
            "{bad} things stand in the way"
        ))),
    }
}

fn settings(place: &Place, mode: Mode) -> Result<Settings, Failure> {
    Settings::check(
        &resolve(place)?,
        mode,
        &exchange::ids(),
        exchange::feed_names,
    )
    .map_err(|error| Failure::Usage(error.to_string()))
}

fn resolve(place: &Place) -> Result<Resolved, Failure> {
    let flags: BTreeMap<&'static str, String> = [("bind", &place.bind), ("data", &place.data)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.clone()?)))
        .collect();
    let default_file = PathBuf::from("tradesuite.toml");
    let file = place
        .config
        .clone()
        .or_else(|| default_file.exists().then_some(default_file));
    Resolved::load(&flags, |name| std::env::var(name).ok(), file.as_deref())
        .map_err(|error| Failure::Usage(error.to_string()))
}

fn start_log(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // A log that nobody reads any more is no reason to panic.
        .log_internal_errors(false)
        .init();
}

/// Runs a task until it ends. The first interrupt or termination asks it to; the second ends the
/// process, whatever is still waited for: what was committed stays, as after a kill.
fn block_on<F>(task: impl FnOnce(CancellationToken) -> F) -> Result<(), Failure>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| anyhow::anyhow!("failed to start the runtime: {error}"))?;
    let ended = runtime.block_on(async {
        let shutdown = CancellationToken::new();
        let asked = shutdown.clone();
        tokio::spawn(async move {
            let mut signals = match Signals::listen() {
                Ok(signals) => signals,
                Err(error) => {
                    tracing::warn!(%error, "signals cannot be received; stop with SIGKILL");
                    return;
                }
            };
            signals.next().await;
            asked.cancel();
            tracing::info!("stopping; a second signal stops at once");
            signals.next().await;
            tracing::warn!("stopped without waiting");
            std::process::exit(FAILED);
        });
        task(shutdown).await
    });
    // A read of standard input that nobody answers must not keep the process.
    runtime.shutdown_background();
    Ok(ended?)
}

/// Exit code of a process that was stopped without waiting.
const FAILED: i32 = 1;

/// Interrupts (Ctrl-C) and terminations.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        for command in CommandLine::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string);
            assert!(
                help.is_some_and(|help| help.contains("Examples:")),
                "{}",
                command.get_name()
            );
        }
    }
}
