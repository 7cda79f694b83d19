//! The page's files, as `npm run build` left them in `web/dist`.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Page;

const INDEX: &str = "index.html";
/// Vite puts a hash of the content into the names below this folder.
const HASHED: &str = "assets/";
const NOT_BUILT: &str = "The studio's page was not built into this binary. Build it with `make web`, then build kihap again.\n\
    스튜디오 화면이 이 실행 파일에 들어 있지 않습니다. `make web` 다음에 kihap을 다시 빌드하세요.\n";

/// Answers with a file of the page.
pub(crate) async fn file(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() { INDEX } else { path };
    let Some(file) = Page::get(path) else {
        let text = if path == INDEX { NOT_BUILT } else { "there is no such file\n" };
        return (StatusCode::NOT_FOUND, text).into_response();
    };
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kept = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::new(Body::from(file.data));
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind.as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}
