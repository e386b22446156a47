//! Servers behind a company's own authority: known where this machine knows it, and refused where it does not.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use kernel::Clock;
use ports::mailer::{Mailer as _, Ready};
use providers::redis::RedisCounters;
use providers::smtp::{Encryption, SmtpMailer, SmtpSettings};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The variable that tells the child where the servers are.
const PORT: &str = "PRIVATE_CA_TEST_PORT";

/// An authority, and a server of its own that only shakes hands; tells its port, the authority's certificate, and who came through.
async fn start() -> (u16, String, tokio::sync::mpsc::UnboundedReceiver<bool>) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![own.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, receive) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, send) = (acceptor.clone(), send.clone());
            tokio::spawn(async move {
                let shaken = acceptor.accept(stream).await;
                let _ = send.send(shaken.is_ok());
                // Held for a moment, as a server that thinks: what comes next is not looked at.
                tokio::time::sleep(Duration::from_millis(300)).await;
            });
        }
    });
    (port, authority.pem(), receive)
}

/// Runs [`the_child`] in a process of its own, because what a machine believes stands in its environment.
async fn child(port: u16, certificates: &std::path::Path) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "private_ca::the_child", "--ignored"]);
    command.env(PORT, port.to_string()).env("SSL_CERT_FILE", certificates).env_remove("SSL_CERT_DIR");
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_authority_is_believed_where_the_machine_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let (port, certificate, mut came) = start().await;
    let known = folder.path().join("known.pem");
    std::fs::write(&known, &certificate).unwrap();
    child(port, &known).await;
    let mut through = Vec::new();
    while let Ok(shaken) = came.try_recv() {
        through.push(shaken);
    }
    assert!(through.len() >= 2 && through.iter().all(|shaken| *shaken), "mail and Redis: {through:?}");

    // Another authority's certificate is no recommendation.
    let (_, stranger, _) = start().await;
    let unknown = folder.path().join("unknown.pem");
    std::fs::write(&unknown, stranger).unwrap();
    child(port, &unknown).await;
    let mut through = Vec::new();
    while let Ok(shaken) = came.try_recv() {
        through.push(shaken);
    }
    assert!(through.len() >= 2 && through.iter().all(|shaken| !shaken), "{through:?}");
}

#[tokio::test]
#[ignore = "is run by the test above, in a process of its own"]
async fn the_child() {
    let port: u16 = std::env::var(PORT).unwrap().parse().unwrap();
    let settings = SmtpSettings {
        port,
        encryption: Encryption::Tls,
        time: Duration::from_secs(2),
        ..SmtpSettings::new("localhost".to_owned())
    };
    let mailer = SmtpMailer::new(&settings).unwrap();
    let ready = Ready { from: "a@example.com", to: "b@example.com", message: b"Subject: x\r\n\r\nx" };
    assert!(mailer.send(ready).await.is_err(), "nobody answers there");
    let url = format!("rediss://localhost:{port}/0");
    let counters = RedisCounters::with_patience(&url, Clock::system(), Duration::from_secs(1)).unwrap();
    assert!(!counters.answers().await, "nobody answers there");
}
