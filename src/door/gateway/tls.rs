//! TLS of connections, with a certificate that may be replaced while they are open.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config;
use crate::error::{Error, Kind, Result};

/// The only protocol that is spoken inside: S3's clients speak no other.
const HTTP: &[u8] = b"http/1.1";

/// TLS, where the settings want it.
#[derive(Clone)]
pub struct Tls(Option<Arc<RwLock<Arc<ServerConfig>>>>);

impl Tls {
    /// With the certificate and key of these files; none without them.
    ///
    /// # Errors
    /// [`Kind::Settings`] where they cannot be read, or do not belong together.
    pub fn of(settings: Option<&config::Tls>) -> Result<Self> {
        let config = settings.map(read).transpose()?;
        Ok(Self(
            config.map(|config| Arc::new(RwLock::new(Arc::new(config)))),
        ))
    }

    /// From now on with what the files hold. Open connections go on as they began.
    ///
    /// # Errors
    /// As [`Tls::of`]: what held before holds on.
    pub fn replace(&self, settings: Option<&config::Tls>) -> Result<()> {
        if let (Some(current), Some(settings)) = (&self.0, settings) {
            let config = Arc::new(read(settings)?);
            *current.write().unwrap_or_else(PoisonError::into_inner) = config;
        }
        Ok(())
    }

    /// What greets a new connection; none where it is plain.
    pub fn acceptor(&self) -> Option<TlsAcceptor> {
        let current = self.0.as_ref()?;
        let config = current.read().unwrap_or_else(PoisonError::into_inner);
        Some(TlsAcceptor::from(Arc::clone(&config)))
    }
}

fn read(settings: &config::Tls) -> Result<ServerConfig> {
    let refused = |what: &str, path: &Path| {
        let message = format!("tls: {} {what}", path.display());
        Error::new(Kind::Settings, message)
    };
    let (chain, key) = (&settings.certificate, &settings.key);
    let certificates = CertificateDer::pem_file_iter(chain).and_then(Iterator::collect);
    let certificates: Vec<CertificateDer<'static>> = certificates.map_err(|err| {
        refused("holds no certificate in PEM that can be read", chain).with_private(err)
    })?;
    if certificates.is_empty() {
        return Err(refused("holds no certificate in PEM", chain));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|_| {
        // What is wrong with a secret is not said in its own words.
        refused("holds no private key in PEM that can be read", key)
    })?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|err| Error::new(Kind::Internal, "no TLS could be set up").with_private(err))?
        .with_no_client_auth()
        .with_single_cert(certificates, private);
    let mut config = config.map_err(|_| {
        refused(
            "does not belong to the certificate, or is of a kind that is not known",
            key,
        )
    })?;
    config.alpn_protocols = vec![HTTP.to_vec()];
    Ok(config)
}
