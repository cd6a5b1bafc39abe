//! Where an address may send us on to. The way of asking is the program's own; in the place of TLS stands a connection in the clear that
//! says it were TLS, since nobody here has a certificate that the program trusts.

use tiramisu::engine::networks::download_config;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, TcpConnector, Transport};
use ureq::{Agent, Error};

use crate::support::server::{Answer, Server};

/// Finds everybody on this machine.
#[derive(Debug)]
struct Here;

impl Resolver for Here {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut found = self.empty();
        found.push(([127, 0, 0, 1], uri.port_u16().expect("servers of tests have one")).into());
        Ok(found)
    }
}

/// Calls every connection for `https` encrypted.
#[derive(Debug)]
struct CallsEncrypted;

impl<In: Transport> Connector<In> for CallsEncrypted {
    type Out = Connected<In>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let is_tls = details.needs_tls();
        Ok(chained.map(|inner| Connected { inner, is_tls }))
    }
}

#[derive(Debug)]
struct Connected<In> {
    inner: In,
    is_tls: bool,
}

impl<In: Transport> Transport for Connected<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.is_tls
    }
}

/// Asks as a download does: the status, and what came.
fn ask(url: &str) -> Result<(u16, String), Error> {
    let connector = ().chain(TcpConnector::default()).chain(CallsEncrypted);
    // Whatever the environment says of proxies.
    let config = download_config(url).proxy(None).build();
    let mut answer = Agent::with_parts(config, connector, Here).get(url).call()?;
    Ok((answer.status().as_u16(), answer.body_mut().read_to_string()?))
}

/// Sends whoever asks for `net.bin` on to another address, and has a file at all others.
fn sends_on_to(place: impl Into<String>) -> Server {
    let place = place.into();
    Server::start(move |asked, _| match asked.path.as_str() {
        "/net.bin" => {
            let mut answer = Answer::error(302);
            answer.headers.push(("Location", place.clone()));
            answer
        }
        _ => Answer::whole(b"a network", "\"a\""),
    })
}

/// The same of another machine, by way of TLS.
fn encrypted(url: &str) -> String {
    elsewhere(url).replace("http://", "https://")
}

/// The same of another machine.
fn elsewhere(url: &str) -> String {
    url.replace("127.0.0.1", "publisher.example")
}

#[test]
fn an_encrypted_address_sends_nobody_on_to_one_that_is_not() {
    let in_the_clear = sends_on_to("/");
    let sends = sends_on_to(in_the_clear.url("other.bin"));
    let refused = ask(&encrypted(&sends.url("net.bin"))).expect_err("it leads out of TLS");
    assert!(matches!(refused, Error::RequireHttpsOnly(_)), "{refused:?}");
    assert!(refused.to_string().contains("other.bin"), "it says where it was sent: {refused}");
    assert_eq!((sends.asked().len(), in_the_clear.asked().len()), (1, 0), "somebody was asked in the clear");
}

#[test]
fn an_encrypted_address_sends_on_to_another_one() {
    let other = sends_on_to("/");
    let sends = sends_on_to(encrypted(&other.url("other.bin")));
    assert_eq!(ask(&encrypted(&sends.url("net.bin"))).unwrap(), (200, "a network".to_owned()));
    assert_eq!((sends.asked().len(), other.asked().len()), (1, 1));
}

#[test]
fn an_address_in_the_clear_sends_nobody_anywhere() {
    let other = sends_on_to("/");
    for place in [other.url("other.bin"), encrypted(&other.url("other.bin"))] {
        let sends = sends_on_to(place);
        for url in [sends.url("net.bin"), elsewhere(&sends.url("net.bin"))] {
            assert_eq!(ask(&url).unwrap(), (302, "sorry".to_owned()), "{url}");
        }
    }
    assert_eq!(other.asked().len(), 0);
}
