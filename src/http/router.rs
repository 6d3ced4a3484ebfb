//! Routes as data, and how one is found.

use std::borrow::Cow;
use std::fmt;

use http::Method;
use http::header::HeaderValue;
use percent_encoding::percent_decode_str;

/// One operation. The tables of these serve dispatch, 404 and 405, the OpenAPI document, the journal, faults and metrics.
#[derive(Clone, Debug)]
pub struct Route<H> {
    /// The method. A route for `GET` is found for `HEAD` too, unless there is one for `HEAD` itself or the router [has none](Router::headless).
    pub method: Method,
    /// The path, with parameters in braces: `/_sim/orgs/{org}/devices/{serial}`; `{*rest}` takes all that is left.
    pub path: &'static str,
    /// Room, dot, verb: `enrollment.fetch_devices`.
    pub operation: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What does it.
    pub handler: H,
}

/// Two routes that cannot stand side by side; a mistake in a table.
#[derive(Debug, thiserror::Error)]
#[error("the route {method} {path} ({operation}) is in the way of another: {cause}")]
pub struct RouteConflict {
    method: Method,
    path: &'static str,
    operation: &'static str,
    cause: String,
}

/// Finds the route for a method and a path.
pub struct Router<H: 'static> {
    tree: matchit::Router<usize>,
    places: Vec<Place<H>>,
    headless: bool,
}

/// All routes with the same path.
struct Place<H: 'static> {
    path: &'static str,
    routes: Vec<&'static Route<H>>,
    allow: HeaderValue,
}

/// What was found.
pub enum Lookup<'r, H: 'static> {
    /// A route, and the values of its parameters.
    Found {
        /// The route.
        route: &'static Route<H>,
        /// The values of its parameters.
        params: Params<'r>,
    },
    /// The path is known, the method is not.
    WrongMethod {
        /// The methods that are, for the `Allow` header: `GET, HEAD, POST`.
        allow: &'r HeaderValue,
    },
    /// There is no such path.
    Unknown,
}

/// The values of a route's parameters, decoded. What is not valid UTF-8 becomes U+FFFD, which no name contains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params<'r>(Vec<(&'r str, Cow<'r, str>)>);

impl Params<'_> {
    /// The value of `name`; empty when the route has no such parameter.
    pub fn get(&self, name: &str) -> &str {
        self.iter().find(|(other, _)| *other == name).map_or("", |(_, value)| value)
    }

    /// All parameters, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_ref()))
    }
}

impl<H> Router<H> {
    /// A router for all routes of `tables`.
    pub fn new(tables: impl IntoIterator<Item = &'static [Route<H>]>) -> Result<Self, RouteConflict> {
        let mut places: Vec<Place<H>> = Vec::new();
        let mut tree = matchit::Router::new();
        for route in tables.into_iter().flatten() {
            let conflict = |cause: &dyn fmt::Display| RouteConflict {
                method: route.method.clone(),
                path: route.path,
                operation: route.operation,
                cause: cause.to_string(),
            };
            let place = match places.iter().position(|place| place.path == route.path) {
                Some(place) => place,
                None => {
                    tree.insert(route.path, places.len()).map_err(|cause| conflict(&cause))?;
                    places.push(Place { path: route.path, routes: Vec::new(), allow: HeaderValue::from_static("") });
                    places.len() - 1
                }
            };
            let place = &mut places[place];
            if let Some(other) = place.routes.iter().find(|other| other.method == route.method) {
                return Err(conflict(&other.operation));
            }
            place.routes.push(route);
            place.allow = allow(&place.routes, false);
        }
        Ok(Self { tree, places, headless: false })
    }

    /// The same where `HEAD` is a method like any other, which no route has because it has `GET`.
    pub fn headless(mut self) -> Self {
        self.headless = true;
        for place in &mut self.places {
            place.allow = allow(&place.routes, true);
        }
        self
    }

    /// The route for `method` and `path`, the latter as it was sent.
    pub fn lookup<'r>(&'r self, method: &Method, path: &'r str) -> Lookup<'r, H> {
        let Ok(found) = self.tree.at(path) else { return Lookup::Unknown };
        let place = &self.places[*found.value];
        let route = place.routes.iter().find(|route| route.method == *method).or_else(|| {
            let get = |route: &&&Route<H>| route.method == Method::GET;
            place.routes.iter().find(get).filter(|_| *method == Method::HEAD && !self.headless)
        });
        match route {
            Some(route) => {
                let decoded = |(name, value)| (name, percent_decode_str(value).decode_utf8_lossy());
                Lookup::Found { route, params: Params(found.params.iter().map(decoded).collect()) }
            }
            None => Lookup::WrongMethod { allow: &place.allow },
        }
    }

    /// All routes, in the order of their tables, those with the same path together.
    pub fn routes(&self) -> impl Iterator<Item = &'static Route<H>> {
        self.places.iter().flat_map(|place| place.routes.iter().copied())
    }
}

fn allow<H>(routes: &[&'static Route<H>], headless: bool) -> HeaderValue {
    let mut methods = Vec::new();
    for route in routes {
        methods.push(route.method.as_str());
        if route.method == Method::GET && !headless && !routes.iter().any(|route| route.method == Method::HEAD) {
            methods.push("HEAD");
        }
    }
    HeaderValue::from_str(&methods.join(", ")).expect("methods are tokens, which are valid in a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn route(method: Method, path: &'static str, operation: &'static str) -> Route<()> {
        Route { method, path, operation, summary: "", handler: () }
    }

    static DEVICES: [Route<()>; 4] = [
        route(Method::GET, "/devices", "devices.list"),
        route(Method::POST, "/devices", "devices.add"),
        route(Method::GET, "/devices/{serial}", "devices.get"),
        route(Method::DELETE, "/devices/{serial}/profile", "devices.remove_profile"),
    ];
    static FILES: [Route<()>; 1] = [route(Method::PUT, "/files/{*name}", "files.put")];

    fn router() -> Router<()> {
        Router::new([&DEVICES[..], &FILES[..]]).unwrap()
    }

    fn found(method: Method, path: &str) -> String {
        match router().lookup(&method, path) {
            Lookup::Found { route, params } => {
                let params = params.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>();
                format!("{}{params}", route.operation)
            }
            Lookup::WrongMethod { allow } => format!("405 {}", allow.to_str().unwrap()),
            Lookup::Unknown => "404".into(),
        }
    }

    #[test]
    fn a_route_is_found_by_method_and_path() {
        assert_eq!(found(Method::GET, "/devices"), "devices.list");
        assert_eq!(found(Method::POST, "/devices"), "devices.add");
        assert_eq!(found(Method::GET, "/devices/C02"), "devices.get serial=C02");
        assert_eq!(found(Method::PUT, "/files/a/b"), "files.put name=a/b");
    }

    #[test]
    fn parameters_are_decoded_after_the_path_is_split() {
        assert_eq!(found(Method::GET, "/devices/C0%322%2Fx"), "devices.get serial=C022/x");
        assert_eq!(found(Method::GET, "/devices/%ff%"), "devices.get serial=\u{fffd}%");
    }

    #[test]
    fn head_goes_where_get_goes() {
        assert_eq!(found(Method::HEAD, "/devices"), "devices.list");
        assert_eq!(found(Method::HEAD, "/devices/C02/profile"), "405 DELETE");
    }

    #[test]
    fn head_goes_nowhere_where_it_is_a_method_like_any_other() {
        let router = router().headless();
        let Lookup::WrongMethod { allow } = router.lookup(&Method::HEAD, "/devices") else { panic!("it was found") };
        assert_eq!(allow, "GET, POST");
        assert!(matches!(router.lookup(&Method::GET, "/devices"), Lookup::Found { .. }));
    }

    #[test]
    fn a_wrong_method_learns_the_right_ones() {
        assert_eq!(found(Method::PUT, "/devices"), "405 GET, HEAD, POST");
    }

    #[test]
    fn a_path_that_is_almost_right_is_unknown() {
        for path in ["/", "/device", "/devices/", "/devices/C02/", "//devices", "*", ""] {
            assert_eq!(found(Method::GET, path), "404", "{path}");
        }
    }

    #[test]
    fn two_routes_for_the_same_call_are_a_mistake() {
        let conflict = Router::new([&DEVICES[..], &DEVICES[..1]]).map(|_| ()).unwrap_err().to_string();
        assert!(conflict.contains("GET /devices (devices.list)"), "{conflict}");
    }

    #[test]
    fn all_routes_can_be_listed() {
        assert_eq!(router().routes().count(), 5);
    }
}
