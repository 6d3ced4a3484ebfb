//! The services' calls.

use http::Method;

use super::{Answer, Handler, handlers};
use crate::http::Route;

/// A call of the catalogue: developers alone may make it.
const fn call(path: &'static str, operation: &'static str, summary: &'static str, answer: Answer) -> Route<Handler> {
    Route { method: Method::GET, path, operation, summary, handler: Handler { answer, for_developers: true } }
}

/// A call that everybody may make.
const fn open(path: &'static str, operation: &'static str, summary: &'static str, answer: Answer) -> Route<Handler> {
    Route { method: Method::GET, path, operation, summary, handler: Handler { answer, for_developers: false } }
}

/// What Fleet asks its maker's own service for before it comes here instead of to Apple.
const PROXY_TOKEN: Route<Handler> = Route {
    method: Method::POST,
    path: "/api/vpp/v1/auth",
    operation: "catalog.proxy_token",
    summary: "A developer token for Fleet, in the place of its maker's proxy",
    handler: Handler { answer: handlers::proxy_token, for_developers: false },
};

/// Every call of the services.
#[rustfmt::skip]
pub const ROUTES: &[Route<Handler>] = &[
    open("/WebObjects/MZStorePlatform.woa/wa/lookup", "catalog.lookup", "Titles by Adam id (contentMetadataLookup)", handlers::lockups),
    open("/lookup", "catalog.public_lookup", "Titles by Adam id or bundle id, for everybody", handlers::public_lookup),
    open("/image/thumb/v4/{id}/{file}", "catalog.artwork", "The icon of a title", handlers::artwork),
    PROXY_TOKEN,
    call("/v1/test", "catalog.test", "Whether a developer token is good", handlers::test),
    call("/v1/storefronts", "catalog.storefronts", "Storefronts", handlers::storefronts),
    call("/v1/storefronts/{id}", "catalog.get_storefront", "One storefront", handlers::storefront),
    call("/v1/catalog/{storefront}/stoken-authenticated-apps", "catalog.stoken_apps", "Apps, the custom ones of a content token's owner included", handlers::stoken_apps),
    call("/v1/catalog/{storefront}/stoken-authenticated-books", "catalog.stoken_books", "Books, as a content token's owner sees them", handlers::stoken_books),
    call("/v1/catalog/{storefront}/stoken-authenticated-purchases", "catalog.stoken_purchases", "Apps and books, as a content token's owner sees them", handlers::stoken_purchases),
    call("/v1/catalog/{storefront}/apps", "catalog.apps", "Apps", handlers::apps),
    call("/v1/catalog/{storefront}/apps/{id}", "catalog.get_app", "One app", handlers::app),
    call("/v1/catalog/{storefront}/apps/{id}/genres", "catalog.app_genres", "The genres of an app", handlers::app_genres),
    call("/v1/catalog/{storefront}/books", "catalog.books", "Books", handlers::books),
    call("/v1/catalog/{storefront}/books/{id}", "catalog.get_book", "One book", handlers::book),
    call("/v1/catalog/{storefront}/books/{id}/genres", "catalog.book_genres", "The genres of a book", handlers::book_genres),
    call("/v1/catalog/{storefront}/genres", "catalog.genres", "Genres", handlers::genres),
    call("/v1/catalog/{storefront}/genres/{id}", "catalog.get_genre", "One genre", handlers::genre),
    call("/v1/catalog/{storefront}/search", "catalog.search", "Apps and books by words", handlers::search),
];

/// Whether a call has this path.
pub fn has(path: &str) -> bool {
    /// As many letters as no path has fewer of. Nearly every request there is is for another room, and differs in these.
    const FIRST: usize = 4;
    let begins = path.as_bytes().get(..FIRST);
    ROUTES.iter().any(|route| route.path.as_bytes().get(..FIRST) == begins && fits(route.path, path))
}

/// Whether `path` is of the form `pattern`, whose segments in braces are any that are not empty.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::http::{Lookup, Router};

    #[test]
    fn the_router_knows_the_paths_that_are_claimed_and_no_others() {
        let router = Router::new([ROUTES]).unwrap();
        for path in [
            "/lookup",
            "/lookup/",
            "/v1",
            "/v1/",
            "/v1/test",
            "/v1/orgDevices",
            "/v1/catalog/us/apps",
            "/v1/catalog//apps",
            "/v1/catalog/us/apps/1",
            "/v1/catalog/us/apps/1/genres",
            "/v1/catalog/us/apps/1/genres/2",
            "/image/thumb/v4/1/2x3bb.png",
            "/api/vpp/v1/auth",
            "/account",
            "/v1t",
            "/v",
            "/",
            "",
        ] {
            let is_known = !matches!(router.lookup(&Method::GET, path), Lookup::Unknown);
            assert_eq!(has(path), is_known, "{path}");
        }
    }
}
