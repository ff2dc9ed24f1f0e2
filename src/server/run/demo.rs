//! The simulated market of `--demo`: a process of its own, started and looked after.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longest time until it says where it listens.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// Pause before it is started again.
const RESTART_PAUSE: Duration = Duration::from_millis(500);
/// Longest time that it may take to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// The simulated market's process and the input that keeps it alive. Waiting for a process closes
/// the input that it still has, so the input is held beside it.
struct Simulated {
    child: Child,
    input: ChildStdin,
}

/// The simulated market, looked after.
pub struct Demo {
    address: SocketAddr,
    stop: CancellationToken,
    keeper: JoinHandle<()>,
}

impl Demo {
    /// Starts it and waits until it can be used. If it ends by itself, it is started again at the
    /// same address. It ends with this process, however this ends.
    ///
    /// # Errors
    /// Where it cannot be started or says no address in time.
    pub async fn start(seed: u64, rate: u32) -> anyhow::Result<Self> {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let (simulated, address) = launch(any_port, seed, rate).await?;
        let stop = CancellationToken::new();
        let keeper = tokio::spawn(keep(simulated, address, seed, rate, stop.clone()));
        Ok(Self {
            address,
            stop,
            keeper,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.keeper.await {
            tracing::warn!(%error, "the simulated market's keeper failed");
        }
    }
}

async fn launch(bind: SocketAddr, seed: u64, rate: u32) -> anyhow::Result<(Simulated, SocketAddr)> {
    let program = std::env::current_exe().context("failed to find this program's own file")?;
    let mut child = Command::new(program)
        .arg("simulate")
        .args(["--bind", &bind.to_string()])
        .args(["--seed", &seed.to_string()])
        .args(["--rate", &rate.to_string()])
        .arg("--until-stdin-closes")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("failed to start the simulated market")?;
    let input = child
        .stdin
        .take()
        .context("the simulated market has no input")?;
    let output = child
        .stdout
        .take()
        .context("the simulated market has no output")?;
    let mut lines = BufReader::new(output).lines();
    let line = tokio::time::timeout(START_TIMEOUT, lines.next_line())
        .await
        .context("the simulated market did not start in time")?
        .context("failed to read from the simulated market")?;
    let Some(address) = line.as_deref().and_then(read_address) else {
        bail!("the simulated market ended instead of starting; its log is above");
    };
    Ok((Simulated { child, input }, address))
}

fn read_address(line: &str) -> Option<SocketAddr> {
    line.strip_prefix("listening on http://")?.parse().ok()
}

async fn keep(
    mut simulated: Simulated,
    address: SocketAddr,
    seed: u64,
    rate: u32,
    stop: CancellationToken,
) {
    loop {
        let ended = tokio::select! {
            ended = simulated.child.wait() => ended,
            () = stop.cancelled() => break,
        };
        tracing::warn!(?ended, "the simulated market ended; starting it again");
        simulated = loop {
            tokio::select! {
                () = tokio::time::sleep(RESTART_PAUSE) => {}
                () = stop.cancelled() => return,
            }
            match launch(address, seed, rate).await {
                Ok((simulated, _)) => break simulated,
                Err(error) => tracing::error!("{error:#}"),
            }
        };
    }
    // Closing its input asks it to end.
    let Simulated { mut child, input } = simulated;
    drop(input);
    if tokio::time::timeout(STOP_TIMEOUT, child.wait())
        .await
        .is_err()
    {
        tracing::warn!("the simulated market did not stop in time and is killed");
        if let Err(error) = child.kill().await {
            tracing::warn!(%error, "the simulated market could not be killed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_the_line_that_scripts_read() {
        assert_eq!(
            read_address("listening on http://127.0.0.1:4711"),
            Some(SocketAddr::from(([127, 0, 0, 1], 4711)))
        );
        assert_eq!(read_address("listening on 127.0.0.1:4711"), None);
    }
}
