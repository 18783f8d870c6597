//! The routes of a service: method and template as one place, so that a client which sends odd
//! methods or paths cannot make more series than there are routes.

use metrics::SharedString;
use rra_schema::metrics::{Domain, OTHER, UNMATCHED, labels};

use crate::clean;
use crate::config::{Route, method_index};
use crate::error::Error;
use crate::sets::WordMap;

/// Methods a declared route answers beside its own: servers answer HEAD wherever they answer GET.
const IMPLIED: [(&str, &str); 1] = [("GET", "HEAD")];
const METHODS: &[&str] = labels::HTTP_METHOD.values;

/// What a request matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint<'a> {
    /// The route with this template.
    Template(&'a str),
    /// No route.
    Unmatched,
}

/// A route's place in the API metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteId(usize);

impl RouteId {
    pub(crate) fn place(self) -> usize {
        self.0
    }
}

/// The routes of a service, and a place for every request that is on none of them.
///
/// In this order: each method on no route, each method on a template that is not registered, the
/// declared routes, and what their templates are asked for beside that.
#[derive(Debug)]
pub(crate) struct Routes {
    texts: Vec<(SharedString, SharedString)>,
    declared: std::ops::Range<usize>,
    places: WordMap<String, [usize; METHODS.len()]>,
}

impl Routes {
    /// The place of an unlisted method on a template that is not registered.
    pub(crate) const OTHER: usize = 2 * METHODS.len() - 1;
    /// The places of all methods on templates that are not registered.
    pub(crate) const OTHERS: std::ops::Range<usize> = METHODS.len()..2 * METHODS.len();

    /// The places of these routes.
    ///
    /// # Errors
    /// [`Error::TooManyValues`] when there are more templates than the label takes.
    pub(crate) fn new(routes: &[Route]) -> Result<Self, Error> {
        let mut set = Self {
            texts: Vec::new(),
            declared: 0..0,
            places: WordMap::default(),
        };
        for reserved in [UNMATCHED, OTHER] {
            for method in METHODS {
                set.add(method, reserved.into());
            }
        }
        let first = set.len();
        for route in routes {
            set.declare(route.method, &route.template);
        }
        set.declared = first..set.len();
        set.add_implied();
        set.check()
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Where a request with this method is counted.
    pub(crate) fn find(&self, method: &str, endpoint: Endpoint<'_>) -> RouteId {
        let method = method_index(method);
        RouteId(match endpoint {
            Endpoint::Unmatched => method,
            Endpoint::Template(template) => self
                .places
                .get(template)
                .map_or(METHODS.len() + method, |places| places[method]),
        })
    }

    /// Method and endpoint of a place.
    pub(crate) fn texts(&self, place: usize) -> (SharedString, SharedString) {
        self.texts[place].clone()
    }

    /// The places of declared routes.
    pub(crate) fn declared(&self) -> std::ops::Range<usize> {
        self.declared.clone()
    }

    fn add(&mut self, method: &'static str, endpoint: SharedString) -> usize {
        self.texts.push((method.into(), endpoint));
        self.len() - 1
    }

    fn declare(&mut self, method: &'static str, template: &str) {
        let known = self
            .places
            .get(template)
            .map(|places| places[method_index(method)]);
        if known.is_some_and(|place| place != usize::MAX) {
            return;
        }
        let place = self.add(method, clean::label_value(template).into_owned().into());
        let unset = [usize::MAX; METHODS.len()];
        self.places.entry(template.to_owned()).or_insert(unset)[method_index(method)] = place;
    }

    /// Gives every template a place for methods it does not declare.
    fn add_implied(&mut self) {
        let mut templates: Vec<String> = self.places.keys().cloned().collect();
        templates.sort_unstable();
        for template in templates {
            for (declared, implied) in IMPLIED {
                if self.places[&template][method_index(declared)] != usize::MAX {
                    self.declare(implied, &template);
                }
            }
            self.declare(METHODS[METHODS.len() - 1], &template);
            if let Some(places) = self.places.get_mut(&template) {
                let odd = places[METHODS.len() - 1];
                for place in places.iter_mut().filter(|place| **place == usize::MAX) {
                    *place = odd;
                }
            }
        }
    }

    fn check(self) -> Result<Self, Error> {
        let given = self.places.len();
        match labels::ENDPOINT.domain {
            Domain::Registered { max_values, .. } if given > max_values => {
                Err(Error::TooManyValues {
                    label: labels::ENDPOINT.name,
                    given,
                    max: max_values,
                })
            }
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, endpoint: Endpoint<'_>, expected: (&str, &str)) {
        let declared = [Route::new("GET", "/a/{id}"), Route::new("POST", "/a/{id}")];
        let routes = Routes::new(&declared).expect("two routes fit");
        let (method, endpoint) = routes.texts(routes.find(method, endpoint).place());
        assert_eq!((&*method, &*endpoint), expected);
    }

    #[test]
    fn a_declared_route_is_counted_under_its_template() {
        check("POST", Endpoint::Template("/a/{id}"), ("POST", "/a/{id}"));
    }

    #[test]
    fn head_is_implied_by_get() {
        check("HEAD", Endpoint::Template("/a/{id}"), ("HEAD", "/a/{id}"));
    }

    #[test]
    fn a_method_the_route_does_not_have_is_another_method() {
        check(
            "DELETE",
            Endpoint::Template("/a/{id}"),
            ("_OTHER", "/a/{id}"),
        );
    }

    #[test]
    fn a_method_outside_http_is_another_method() {
        check("BREW", Endpoint::Unmatched, ("_OTHER", "_unmatched"));
    }

    #[test]
    fn a_request_on_no_route_is_unmatched() {
        check("GET", Endpoint::Unmatched, ("GET", "_unmatched"));
    }

    #[test]
    fn a_template_that_is_not_registered_is_other() {
        check("GET", Endpoint::Template("/b"), ("GET", "_other"));
    }

    #[test]
    fn more_templates_than_the_label_takes_are_refused() {
        let many: Vec<Route> = (0..201)
            .map(|n| Route::new("GET", format!("/{n}")))
            .collect();
        let error = Routes::new(&many).expect_err("200 is the cap");
        assert!(error.to_string().contains("201 values"));
    }

    #[test]
    fn a_route_declared_twice_has_one_place() {
        let twice = [Route::new("GET", "/a"), Route::new("GET", "/a")];
        assert_eq!(Routes::new(&twice).expect("fits").declared().len(), 1);
    }
}
