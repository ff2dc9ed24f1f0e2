//! The processes of a test: a simulated market that outlives every server, and servers that are
//! killed. Each is killed when its value goes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Client;
use serde_json::Value;
use tradesuite::server::clock::Stopwatch;
use tradesuite::server::collector::tls;

use crate::figures::Figures;

/// Ends a wait whose condition never comes true.
const LIMIT: Duration = Duration::from_secs(150);
/// What is started.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tradesuite");
/// Between two looks at a condition.
const LOOK: Duration = Duration::from_millis(50);

/// Waits for what `look` finds.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    until_said(what, async || look().await.ok_or_else(String::new)).await
}

/// Waits for what `look` finds; it says what stands in the way.
pub async fn until_said<T>(what: &str, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let begun = Stopwatch::start();
    loop {
        let why = match look().await {
            Ok(found) => return found,
            Err(why) => why,
        };
        assert!(begun.elapsed() < LIMIT, "waited in vain for {what}: {why}");
        tokio::time::sleep(LOOK).await;
    }
}

/// A running `tradesuite`.
pub struct Process {
    child: Child,
    address: String,
    client: Client,
}

impl Process {
    /// Starts a command and waits for its address. What it logs goes to the end of `log`.
    fn start(mut command: Command, log: &Path) -> Self {
        let log = File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("a log");
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("an output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on ");
        let address = address
            .unwrap_or_else(|| panic!("no address in {line:?}"))
            .to_owned();
        let client = Client::builder()
            .tls_backend_preconfigured((*tls::client_config()).clone())
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client");
        Self {
            child,
            address,
            client,
        }
    }

    /// Ends it as the kernel does: no handler runs.
    pub fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }

    /// What it answers, `None` where it does not.
    async fn ask(&self, request: reqwest::RequestBuilder) -> Option<Value> {
        let answer = request.send().await.ok()?;
        let answer = answer.error_for_status().ok()?;
        serde_json::from_slice(&answer.bytes().await.ok()?).ok()
    }

    /// What it answers to a GET.
    pub async fn get(&self, path: &str) -> Option<Value> {
        self.ask(self.client.get(format!("{}{path}", self.address)))
            .await
    }

    async fn post(&self, path: &str, body: &str) -> Value {
        let request = self.client.post(format!("{}{path}", self.address));
        self.ask(request.body(body.to_owned()))
            .await
            .expect("an answer")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The simulated market.
pub struct Market {
    process: Process,
    symbols: Vec<String>,
}

impl Market {
    /// A market of these instruments, together at this rate.
    pub fn start(symbols: &[&str], rate: u32, log: &Path) -> Self {
        let arguments = [
            "simulate",
            "--bind",
            "127.0.0.1:0",
            "--seed",
            "7",
            "--rate",
            &rate.to_string(),
            "--instruments",
            &symbols.join(","),
        ];
        let mut command = Command::new(PROGRAM);
        command.args(arguments);
        Self {
            process: Process::start(command, log),
            symbols: symbols.iter().map(|&symbol| symbol.to_owned()).collect(),
        }
    }

    /// Changes its faults, such as `{"drop": 0.01}`.
    pub async fn faults(&self, changes: &str) {
        self.process.post("/sim/faults", changes).await;
    }

    /// Stands still and says its state.
    pub async fn pause(&self) -> Value {
        self.process.post("/sim/pause", "").await
    }

    /// Goes on.
    pub async fn resume(&self) {
        self.process.post("/sim/resume", "").await;
    }

    /// Its book, best levels first.
    pub async fn book(&self, symbol: &str, depth: usize) -> Value {
        let path = format!("/sim/book/{symbol}?depth={depth}");
        self.process.get(&path).await.expect("its book")
    }

    /// Waits until it trades once more: that the last one was lost on its way shows by the next.
    pub async fn trade_once_more(&self, told: &mut BTreeMap<String, BTreeMap<u64, Figures>>) {
        self.tell(told).await;
        let count = |told: &BTreeMap<_, BTreeMap<u64, Figures>>| -> Vec<usize> {
            told.values().map(BTreeMap::len).collect()
        };
        let before = count(told);
        until("another trade of each instrument", async || {
            self.tell(told).await;
            let after = count(told);
            let all = before
                .iter()
                .zip(&after)
                .all(|(before, after)| before < after);
            all.then_some(())
        })
        .await;
    }

    /// Adds the trades that happened since the last time.
    pub async fn tell(&self, told: &mut BTreeMap<String, BTreeMap<u64, Figures>>) {
        for symbol in &self.symbols {
            let trades = told.entry(symbol.clone()).or_default();
            let after = trades.last_key_value().map_or(0, |(id, _)| *id);
            let path = format!("/sim/trades/{symbol}?after={after}");
            let rows = self.process.get(&path).await.expect("its trades");
            let rows = rows.as_array().expect("a list");
            assert!(
                after == 0 || rows.is_empty() || rows[0][0] == after + 1,
                "the market has forgotten trades of {symbol} meanwhile"
            );
            trades.extend(rows.iter().map(|row| {
                let id = row[0].as_u64().expect("an id");
                (id, Figures::told(row))
            }));
        }
    }
}

/// A server on a simulated market.
pub struct Server {
    process: Process,
    /// From the start of the process to its address.
    pub started_in: Duration,
}

impl Server {
    /// Starts it; every instrument of the market is collected around the clock.
    pub fn start(market: &Market, exchange: &str, data: &Path, log: &Path) -> Self {
        Self::start_on(market, &[exchange], data, log)
    }

    /// The same on several venues.
    pub fn start_on(market: &Market, exchanges: &[&str], data: &Path, log: &Path) -> Self {
        Self::run(Command::new(PROGRAM), market, exchanges, data, log)
    }

    /// The same with a data folder on a disk of its own, of so many megabytes. `None` where this
    /// machine does not let a test have one.
    pub fn start_on_small_disk(
        market: &Market,
        megabytes: u32,
        data: &Path,
        log: &Path,
    ) -> Option<Self> {
        let mount = format!("mount -t tmpfs -o size={megabytes}m tmpfs \"$0\" && exec \"$@\"");
        let own_disk = |flags: &str, program: &str| {
            let mut command = Command::new("unshare");
            command
                .args([flags, "sh", "-c", &mount])
                .arg(data)
                .arg(program);
            command
        };
        // Who is not root may be root of a namespace of its own.
        let flags = ["-m", "-rm"].into_iter().find(|flags| {
            let mut tried = own_disk(flags, "true");
            let tried = tried.stderr(Stdio::null()).status();
            tried.is_ok_and(|status| status.success())
        })?;
        let server = Self::run(own_disk(flags, PROGRAM), market, &["coinbase"], data, log);
        Some(server)
    }

    fn run(
        mut command: Command,
        market: &Market,
        exchanges: &[&str],
        data: &Path,
        log: &Path,
    ) -> Self {
        let of = |exchange: &&str| {
            let symbols = market.symbols.iter();
            symbols
                .map(|symbol| format!("{exchange}:{symbol}"))
                .collect::<Vec<_>>()
        };
        let ids: Vec<String> = exchanges.iter().flat_map(of).collect();
        let address = market.process.address.trim_start_matches("http://");
        command
            .args(["serve", "--demo", "--bind", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("TRADESUITE_DEMO_ADDRESS", address)
            .env("TRADESUITE_INSTRUMENTS", ids.join(","));
        let begun = Stopwatch::start();
        let process = Process::start(command, log);
        Self {
            process,
            started_in: begun.elapsed(),
        }
    }

    /// A path as the server sees it: its disks may be its own.
    pub fn its_path(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.process.child.id()));
        root.join(path.strip_prefix("/").expect("an absolute path"))
    }

    /// What REST answers, `None` where it does not.
    pub async fn get(&self, path: &str) -> Option<Value> {
        self.process.get(&format!("/api/v1/{path}")).await
    }

    /// Every row of a list that REST gives page by page.
    pub async fn all(&self, list: &str, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{cursor}")).await;
            let page = page.unwrap_or_else(|| panic!("no answer to {path}{cursor}"));
            rows.extend(page[list].as_array().expect("a list").iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    /// Resident memory, bytes.
    pub async fn memory(&self) -> u64 {
        let status = self.get("status").await.expect("a status");
        status["memory_bytes"].as_u64().expect("a number")
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.process.address
    }

    /// Ends it as the kernel does.
    pub fn kill(self) {
        self.process.kill();
    }
}
