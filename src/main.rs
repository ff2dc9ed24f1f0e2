//! The program: parses the command line and hands over to [`tradesuite::server`].

#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    tradesuite::server::command::main()
}

#[cfg(not(feature = "ssr"))]
fn main() {}
