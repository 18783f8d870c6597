//! What clients ask of the example service, in the proportions of ordinary use with some hostility
//! in it. Nothing here makes the service slower with time, so that every round is alike.

use std::fmt::Write;

use rra_schema::events::attack::InjectionBlocked;
use rra_schema::events::auth::{Failure, Success};
use rra_schema::events::contract::PaymentReceived;
use rra_schema::events::webhook::SignatureValid;

/// One kind of request.
pub(crate) struct Kind {
    /// How many of all requests are of it, in percent.
    pub(crate) percent: isize,
    method: &'static str,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    /// The status it is answered with.
    pub(crate) status: u16,
    /// The events it causes.
    pub(crate) events: &'static [&'static str],
}

const KEY: (&str, &str) = ("x-api-key", "demo-key-01");
const JSON: (&str, &str) = ("content-type", "application/json");
/// HMAC-SHA256 of the body with the secret of the example.
const SIGNATURE: (&str, &str) = (
    "x-signature",
    "sha256=b78c6f460621543a8e1ee31a54f2daf687dc9b914bd9abd75dc5fb17137b29c4",
);

/// All kinds; together a hundred percent.
pub(crate) static KINDS: [Kind; 8] = [
    Kind {
        percent: 40,
        method: "GET",
        path: "/api/v1/negotiations",
        headers: &[KEY],
        body: "",
        status: 200,
        events: &[Success::SPEC.name],
    },
    Kind {
        percent: 15,
        method: "POST",
        path: "/api/v1/payments",
        headers: &[KEY, JSON],
        body: r#"{"chain":"eip155:1","token":"USDC","amount":"12.50"}"#,
        status: 201,
        events: &[Success::SPEC.name, PaymentReceived::SPEC.name],
    },
    Kind {
        percent: 15,
        method: "POST",
        path: "/api/v1/fetch",
        headers: &[KEY, JSON],
        body: r#"{"url":"https://example.com/terms"}"#,
        status: 200,
        events: &[Success::SPEC.name],
    },
    Kind {
        percent: 10,
        method: "POST",
        path: "/api/v1/auth/token",
        headers: &[KEY, JSON],
        body: "{}",
        status: 200,
        events: &[Success::SPEC.name],
    },
    Kind {
        percent: 10,
        method: "GET",
        path: "/api/v1/search?q=licence+terms",
        headers: &[],
        body: "",
        status: 200,
        events: &[],
    },
    Kind {
        percent: 5,
        method: "POST",
        path: "/webhooks/settlement",
        headers: &[SIGNATURE],
        body: r#"{"event":"payment.settled","id":"evt_1"}"#,
        status: 200,
        events: &[SignatureValid::SPEC.name],
    },
    Kind {
        percent: 3,
        method: "GET",
        path: "/api/v1/search?q=1%27+or+%271%27%3D%271",
        headers: &[],
        body: "",
        status: 400,
        events: &[InjectionBlocked::SPEC.name],
    },
    Kind {
        percent: 2,
        method: "GET",
        path: "/api/v1/negotiations",
        headers: &[("x-api-key", "wrong")],
        body: "",
        status: 401,
        events: &[Failure::SPEC.name],
    },
];

impl Kind {
    /// The request as it goes over the wire.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: bench\r\n", self.method, self.path);
        for (name, value) in self.headers {
            // Writing to a String cannot fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !self.body.is_empty() {
            let _ = write!(head, "content-length: {}\r\n", self.body.len());
        }
        head.push_str("\r\n");
        head.push_str(self.body);
        head.into_bytes()
    }
}

/// The kinds of a hundred requests in turn, mixed.
pub(crate) fn cycle() -> impl Iterator<Item = &'static Kind> {
    let mut due = vec![0; KINDS.len()];
    (0..100).map(move |_| {
        for (due, kind) in due.iter_mut().zip(&KINDS) {
            *due += kind.percent;
        }
        // Whoever lags most behind its share is next.
        let next = (0..KINDS.len()).max_by_key(|at| due[*at]).unwrap_or(0);
        due[next] -= 100;
        &KINDS[next]
    })
}

/// The cycle as a script for wrk.
pub(crate) fn script() -> String {
    let mut script = String::from("local requests = {\n");
    for kind in cycle() {
        let headers = kind.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| format!("[\"{name}\"] = \"{value}\""))
            .collect();
        let _ = writeln!(
            script,
            "  wrk.format(\"{}\", [[{}]], {{{}}}, {}),",
            kind.method,
            kind.path,
            headers.join(", "),
            if kind.body.is_empty() {
                "nil".to_owned()
            } else {
                format!("[[{}]]", kind.body)
            },
        );
    }
    script.push_str(
        "}\nlocal at = 0\nfunction request()\n  at = at % #requests + 1\n  return requests[at]\nend\n",
    );
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_has_every_kind_in_its_share() {
        for kind in &KINDS {
            let found = cycle().filter(|one| std::ptr::eq(*one, kind)).count();
            assert_eq!(isize::try_from(found), Ok(kind.percent), "{}", kind.path);
        }
    }
}
