//! Writing an event allocates nothing.

use rra_schema::events::auth::{AuthFailureReason, Failure};
use rra_schema::events::contract::PaymentReceived;
use rra_schema::events::custom::{Custom, CustomName, Value};
use rra_schema::limits::LINE_BYTES;
use rra_schema::{
    ChainId, Decimal, Details, Event, Instance, LineBuffer, Origin, Seal, SecurityEvent, Severity,
    Timestamp, TransactionHash, UserId,
};

#[track_caller]
fn check<D: Details>(event: &Event<'_, D>) {
    let origin = Origin::new("rra-module", "test", Instance::from_bits(1)).expect("valid");
    let mut room = [0; LINE_BYTES];
    let mut out = LineBuffer::new(&mut room);
    let seal = Seal::new(&origin, Timestamp::from_unix_millis(1_700_000_000_000), 1);
    // The first event may fill what the process keeps for good, such as the word list.
    event.write_line(&seal, &mut out);
    let count = allocation_counter::measure(|| {
        event.write_line(&seal, &mut out);
    });
    assert_eq!((count.count_total, count.bytes_total), (0, 0));
}

#[test]
fn the_counter_sees_an_allocation() {
    assert_eq!(
        allocation_counter::measure(|| drop(Vec::<u8>::with_capacity(9))).count_total,
        1
    );
}

#[test]
fn a_plain_event_allocates_nothing() {
    check(
        &Event::new(Failure::new(AuthFailureReason::InvalidKey).attempts(3_u64))
            .message("Authentication failed: Invalid API key")
            .source_ip("192.0.2.1".parse::<std::net::IpAddr>().ok())
            .user_id(UserId::lossy("user_abc123")),
    );
}

#[test]
fn an_event_of_checked_values_allocates_nothing() {
    check(&Event::new(PaymentReceived::new(
        ChainId::new("eip155:1").expect("valid"),
        "USDC",
        Decimal::new("11.465585").expect("valid"),
        TransactionHash::new("0x8d0d18bd0bc2d0a7").expect("valid"),
    )));
}

#[test]
fn an_event_with_secrets_escapes_and_cuts_allocates_nothing() {
    let long =
        "password=hunter2 \u{202e} legal winner thank year wave sausage worth useful ".repeat(100);
    let members = [
        ("note", Value::Text(&long)),
        ("api_key", Value::Text("k")),
        ("n", Value::Float(0.1)),
    ];
    let name = CustomName::new("x.acme.any").expect("valid");
    check(
        &Event::new(Custom::new(name, Severity::Info, &long).details(&members))
            .user_id(UserId::lossy(&long)),
    );
}
