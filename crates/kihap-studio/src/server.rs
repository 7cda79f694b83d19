//! The server: one process, one port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use kihap_syllabus::Syllabus;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;

use crate::error::{Result, StudioError};
use crate::guard::{self, Guard};
use crate::state::Studio;
use crate::{api, assets, live};

/// Shortest token that lets other machines in.
const TOKEN_LENGTH: usize = 16;
/// Largest body of a request that is no upload, in bytes. Uploads have their own bound.
const BODY_LIMIT: usize = 1 << 20;

/// How the studio is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on; loopback unless the user says otherwise.
    pub host: IpAddr,
    /// The port; 0 takes any free one.
    pub port: u16,
    /// Asked of everybody; needed where `host` is not loopback.
    pub token: Option<String>,
    /// Where projects lie, one folder each. Made where it is missing.
    pub projects: PathBuf,
}

impl Options {
    /// The address and port of `kihap studio` without options.
    pub const PORT: u16 = 8787;

    /// On loopback, at `port`.
    pub fn local(port: u16, projects: PathBuf) -> Options {
        Options { host: Ipv4Addr::LOCALHOST.into(), port, token: None, projects }
    }
}

/// A server that listens already.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    options: Options,
    studio: Studio,
}

impl Server {
    /// Opens the projects and the port.
    ///
    /// # Errors
    /// When the port is taken, the folder cannot be used, or other machines would come in without a token.
    pub async fn bind(options: Options, syllabus: Syllabus) -> Result<Server> {
        let wanted = options.token.as_deref().is_none_or(|token| token.len() < TOKEN_LENGTH);
        if !options.host.is_loopback() && wanted {
            return Err(StudioError::TokenWanted(options.host.to_string()));
        }
        let studio = Studio::open(&options.projects, syllabus)?;
        let wish = SocketAddr::new(options.host, options.port);
        let listen = |source| StudioError::Listen { address: wish.to_string(), source };
        let listener = TcpListener::bind(wish).await.map_err(listen)?;
        let address = listener.local_addr()?;
        Ok(Server { listener, address, options, studio })
    }

    /// The address to open in a browser, with the token where there is one.
    pub fn url(&self) -> String {
        let query = self.options.token.as_ref().map_or(String::new(), |token| format!("?token={token}"));
        format!("http://{}/{query}", self.address)
    }

    /// Serves until `stop` is done; jobs are then asked to stop and keep what they have.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let guard = Guard::new(self.options.host, self.address.port(), self.options.token.as_deref());
        let studio = self.studio.clone();
        let app = router(self.studio, guard);
        let ending = studio.clone();
        let stopped = async move {
            stop.await;
            ending.end();
        };
        axum::serve(self.listener, app).with_graceful_shutdown(stopped).await?;
        studio.wait_for_jobs();
        Ok(())
    }
}

fn router(studio: Studio, guard: Guard) -> Router {
    Router::new()
        .nest("/api", api::router().merge(live::router()))
        .fallback(assets::file)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(guard, guard::check))
        .with_state(studio)
}
