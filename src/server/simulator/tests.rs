//! Over real sockets on loopback: what a client builds from the messages equals the market.
