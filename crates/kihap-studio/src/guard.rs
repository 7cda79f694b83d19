//! Who may talk to the studio: its own page, and nobody else.
//!
//! A server on this machine's loopback address can be reached by every web page that the browser shows. Three checks keep them
//! out: `Host` must be our own name (against DNS rebinding), `Origin` and `Sec-Fetch-Site` must be our own page (against requests
//! and sockets from other pages), and other machines need the token.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const TOKEN_COOKIE: &str = "kihap_token";

/// The page may load from here alone; `'self'` covers the WebSocket of the same origin.
const POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self' blob:; \
    object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Names and addresses by which the studio may be called, and the token that others need.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    hosts: Arc<Vec<String>>,
    token: Option<Arc<str>>,
}

impl Guard {
    /// For a server at `host` and `port`; `token` is asked of everybody where it is given.
    pub(crate) fn new(host: IpAddr, port: u16, token: Option<&str>) -> Guard {
        let mut names = vec!["127.0.0.1".to_owned(), "localhost".to_owned(), "[::1]".to_owned()];
        match host {
            IpAddr::V4(address) => names.push(address.to_string()),
            IpAddr::V6(address) => names.push(format!("[{address}]")),
        }
        let hosts = names.into_iter().map(|name| format!("{name}:{port}")).collect();
        Guard { hosts: Arc::new(hosts), token: token.map(Arc::from) }
    }

    /// Why a request is turned away.
    fn refusal(&self, method: &Method, headers: &HeaderMap) -> Option<&'static str> {
        let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let named = |host: &str| self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
        // With a token other names (a computer's name in the network) are fine: whoever has it was invited.
        let host = text(&HOST).unwrap_or_default();
        if self.token.is_none() && !named(host) {
            return Some("this name is not the studio's; open it by the address that `kihap studio` printed");
        }
        if let Some(origin) = text(&ORIGIN)
            && origin.strip_prefix("http://") != Some(host)
        {
            return Some("another page asked; only the studio's own page may");
        }
        let navigation = method == Method::GET && text(&FETCH_MODE) == Some("navigate");
        match text(&FETCH_SITE) {
            None | Some("same-origin" | "none") => None,
            Some(_) if navigation => None,
            Some(_) => Some("another page asked; only the studio's own page may"),
        }
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else { return true };
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.any(|(name, value)| name == TOKEN_COOKIE && same(value, token))
    }

    /// The token in an address `/?token=…`, if it is the right one.
    fn invites(&self, uri: &Uri) -> Option<&str> {
        let token = self.token.as_deref()?;
        let given = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token="))?;
        same(given, token).then_some(token)
    }
}

/// Compares without telling by its time how much was right.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |all, (x, y)| all | (x ^ y)) == 0
}

/// The middleware.
pub(crate) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (method, headers) = (request.method(), request.headers());
    let mut response = if let Some(why) = guard.refusal(method, headers) {
        (StatusCode::FORBIDDEN, why).into_response()
    } else if guard.has_token(headers) {
        next.run(request).await
    } else if let Some(token) = guard.invites(request.uri()) {
        let cookie = format!("{TOKEN_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict");
        (StatusCode::SEE_OTHER, [(LOCATION, "/"), (SET_COOKIE, cookie.as_str())]).into_response()
    } else {
        let text = "this studio needs its token: open the whole address that `kihap studio` printed\n\
            이 스튜디오는 토큰이 필요합니다. `kihap studio`가 출력한 주소 전체로 여세요.\n";
        (StatusCode::UNAUTHORIZED, text).into_response()
    };
    let headers = response.headers_mut();
    // A page of its own (a model's report) comes with a policy of its own.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    for (name, value) in [
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn guard(token: Option<&str>) -> Guard {
        Guard::new([127, 0, 0, 1].into(), 8787, token)
    }

    #[test]
    fn own_page_comes_in_and_others_do_not() {
        let come = |pairs: &[(&'static str, &str)]| guard(None).refusal(&Method::POST, &headers(pairs)).is_none();
        assert!(come(&[("host", "127.0.0.1:8787")]));
        assert!(come(&[("host", "localhost:8787"), ("origin", "http://localhost:8787")]));
        assert!(!come(&[("host", "evil.example:8787")]), "a rebound name");
        assert!(!come(&[("host", "127.0.0.1:9999")]), "another port");
        assert!(!come(&[]), "no host at all");
        assert!(!come(&[("host", "127.0.0.1:8787"), ("origin", "http://evil.example")]));
        assert!(!come(&[("host", "127.0.0.1:8787"), ("origin", "http://127.0.0.1:3000")]), "a page of another port");
        assert!(!come(&[("host", "127.0.0.1:8787"), ("origin", "null")]));
        assert!(!come(&[("host", "127.0.0.1:8787"), ("sec-fetch-site", "cross-site")]), "a picture in another page");
    }

    #[test]
    fn a_link_from_another_page_opens_the_studio() {
        let link =
            headers(&[("host", "127.0.0.1:8787"), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]);
        assert!(guard(None).refusal(&Method::GET, &link).is_none());
        assert!(guard(None).refusal(&Method::POST, &link).is_some());
    }

    #[test]
    fn the_token_is_asked_for_and_kept_in_a_cookie() {
        let guard = guard(Some("0123456789abcdef"));
        assert!(!guard.has_token(&headers(&[])));
        assert!(!guard.has_token(&headers(&[("cookie", "kihap_token=0123456789abcdeX")])));
        assert!(guard.has_token(&headers(&[("cookie", "a=b; kihap_token=0123456789abcdef")])));
        assert!(guard.invites(&"/?token=0123456789abcdef".parse().unwrap()).is_some());
        assert!(guard.invites(&"/?token=0123".parse().unwrap()).is_none());
    }
}
