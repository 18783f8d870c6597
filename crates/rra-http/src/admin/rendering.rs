//! The page of metrics, made once for all who ask at the same time.

use std::io::Write;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;
use flate2::Compression;
use flate2::write::GzEncoder;
use rra_metrics::Exposition;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

/// Renders and remembers the last page.
pub(crate) struct Renderer {
    exposition: Exposition,
    last: Mutex<Option<Arc<Page>>>,
}

/// A page and when it was begun.
pub(crate) struct Page {
    begun: Instant,
    pub(crate) text: Bytes,
    gzip: OnceLock<Bytes>,
}

impl Renderer {
    pub(crate) fn new(exposition: Exposition) -> Self {
        Self {
            exposition,
            last: Mutex::new(None),
        }
    }

    /// The metrics as they are now, `None` if rendering panicked. Requests that wait for the same
    /// page share the next one, so any number of scrapes costs two at a time; and a client that
    /// leaves stops none, so leaving early starts no more of them.
    pub(crate) async fn page(self: Arc<Self>) -> Option<Arc<Page>> {
        let asked = Instant::now();
        tokio::spawn(self.page_since(asked)).await.ok()?
    }

    async fn page_since(self: Arc<Self>, asked: Instant) -> Option<Arc<Page>> {
        let mut last = self.last.lock().await;
        if let Some(page) = last.as_ref().filter(|page| page.begun >= asked) {
            return Some(Arc::clone(page));
        }
        let begun = Instant::now();
        let exposition = self.exposition.clone();
        let text = spawn_blocking(move || exposition.render()).await.ok()?;
        let page = Arc::new(Page {
            begun,
            text: text.into(),
            gzip: OnceLock::new(),
        });
        *last = Some(Arc::clone(&page));
        Some(page)
    }
}

impl Page {
    /// The text compressed, `None` if that panicked.
    pub(crate) async fn gzip(self: Arc<Self>) -> Option<Bytes> {
        if let Some(gzip) = self.gzip.get() {
            return Some(gzip.clone());
        }
        let compress = move || self.gzip.get_or_init(|| compress(&self.text)).clone();
        spawn_blocking(compress).await.ok()
    }
}

/// Whether the client takes gzip (RFC 9110, section 12.5.3): a weight of zero is a no.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter();
    let codings = values.flat_map(|value| value.to_str().unwrap_or_default().split(','));
    let mut ours = codings.filter_map(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next()?.eq_ignore_ascii_case("gzip");
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let weight = weight.map_or(Some(1.0), |weight| weight.parse::<f32>().ok());
        is_gzip.then_some(weight?)
    });
    ours.next().is_some_and(|weight| weight > 0.0)
}

fn compress(text: &[u8]) -> Bytes {
    // A twentieth of the text at the fastest level: more effort would save little more.
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 8), Compression::fast());
    // Writing into memory cannot fail.
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accepted: &[&str], expected: bool) {
        let mut headers = HeaderMap::new();
        for value in accepted {
            headers.append(ACCEPT_ENCODING, value.parse().expect("a header value"));
        }
        assert_eq!(takes_gzip(&headers), expected, "{accepted:?}");
    }

    #[test]
    fn who_lists_gzip_takes_it() {
        check(&["gzip"], true);
        check(&["deflate, GZIP;q=0.5"], true);
        check(&["br", "gzip"], true);
    }

    #[test]
    fn who_does_not_list_it_or_forbids_it_does_not() {
        check(&[], false);
        check(&["identity"], false);
        check(&["gzip;q=0"], false);
        check(&["gzip;q=nonsense"], false);
        check(&["x-gzipped"], false);
    }
}
