//! What happens once in a process. One test, because tests of one file share a process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rra_observability::schema::Event;
use rra_observability::schema::events::auth::{AuthMethod, Success};
use rra_observability::{Config, EmitError, Error, emit, handle, init};

static CHAINED: AtomicBool = AtomicBool::new(false);

#[test]
fn a_process_is_initialised_once_and_a_panic_writes_what_led_to_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("security.log");
    let event = Event::new(Success::new(AuthMethod::ApiKey));
    assert_eq!(emit(&event), Err(EmitError::NotInitialised));
    assert!(handle().is_none());

    let mut config = Config {
        metrics_address: None,
        log_file: Some("/proc/rra/security.log".into()),
        ..Config::default()
    };
    init(config.clone()).unwrap_err();

    // A failed start takes nothing away from the next.
    std::panic::set_hook(Box::new(|_| CHAINED.store(true, Ordering::SeqCst)));
    config.log_file = Some(path.clone());
    let guard = init(config.clone()).unwrap();
    let second = init(config).unwrap_err();
    assert!(matches!(second, Error::AlreadyInitialised));
    assert!(
        second
            .to_string()
            .ends_with("pass handles on; tests start one each with Setup::start")
    );

    let thread = std::thread::spawn(move || {
        emit(&Event::new(Success::new(AuthMethod::ApiKey))).unwrap();
        panic!("after an event");
    });
    assert!(thread.join().is_err());
    assert!(
        CHAINED.load(Ordering::SeqCst),
        "the hook of before is called"
    );
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("auth.success"), "{text}");

    assert!(guard.shutdown(Duration::from_secs(20)).events.is_complete());
    assert!(matches!(emit(&event), Err(EmitError::Refused(_))));
}
