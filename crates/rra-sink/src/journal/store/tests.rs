//! The bound, the order and the reuse of memory.

use super::*;

fn line_of(length: usize) -> Vec<u8> {
    let mut line = vec![b'x'; length - 1];
    line.push(b'\n');
    line
}

fn append(store: &mut Store, severity: Severity, length: usize) -> Result<u64, Reason> {
    store.append(severity, &mut |_, out| {
        out.extend_from_slice(&line_of(length));
    })
}

fn fill(store: &mut Store, severity: Severity, length: usize) -> usize {
    std::iter::repeat_with(|| append(store, severity, length))
        .take_while(Result::is_ok)
        .count()
}

#[test]
fn a_full_store_refuses_info_first_then_warning_then_error() {
    let mut store = Store::new(80_000);
    let line = 100 - size_of::<Record>();
    assert_eq!(fill(&mut store, Severity::Info, line), 600);
    assert_eq!(fill(&mut store, Severity::Warning, line), 100);
    assert_eq!(fill(&mut store, Severity::Critical, line), 100);
    assert_eq!(store.used_bytes(), 80_000);
}

#[test]
fn a_refused_event_uses_no_number() {
    let mut store = Store::new(80_000);
    assert_eq!(append(&mut store, Severity::Info, 10), Ok(1));
    assert_eq!(
        store.append(Severity::Info, &mut |_, _| {}),
        Err(Reason::Invalid)
    );
    let two_lines = &mut |_, out: &mut Vec<u8>| out.extend_from_slice(b"a\nb\n");
    assert_eq!(
        store.append(Severity::Info, two_lines),
        Err(Reason::Invalid)
    );
    assert_eq!(
        append(&mut store, Severity::Info, LINE_BYTES_MAX + 1),
        Err(Reason::Oversize)
    );
    assert_eq!(append(&mut store, Severity::Info, 10), Ok(2));
}

#[test]
fn numbers_and_bytes_survive_the_border_of_two_chunks() {
    let mut store = Store::new(70_000);
    for _ in 0..300 {
        append(&mut store, Severity::Info, 97).unwrap();
    }
    let mut buffer = BatchBuffer::default();
    store.copy(120, &SinkSettings::default(), &mut buffer);
    let batch = buffer.rest().unwrap();
    assert_eq!((batch.first_seq(), batch.last_seq()), (120, 300));
    assert!(batch.lines().all(|line| line.bytes == line_of(97)));
}

#[test]
fn a_batch_keeps_both_of_its_limits() {
    let mut store = Store::new(70_000);
    for _ in 0..300 {
        append(&mut store, Severity::Info, 100).unwrap();
    }
    let mut buffer = BatchBuffer::default();
    let mut settings = SinkSettings {
        max_batch_bytes: 950,
        ..SinkSettings::default()
    };
    store.copy(1, &settings, &mut buffer);
    assert_eq!(buffer.rest().unwrap().len(), 9);
    settings.max_batch_events = 3;
    store.copy(1, &settings, &mut buffer);
    assert_eq!(buffer.rest().unwrap().len(), 3);
    settings.max_batch_bytes = 50;
    store.copy(1, &settings, &mut buffer);
    assert_eq!(buffer.rest().unwrap().len(), 1, "a longer line goes alone");
}

#[test]
fn release_frees_whole_chunks_only_and_all_of_them_in_the_end() {
    let mut store = Store::new(70_000);
    for _ in 0..300 {
        append(&mut store, Severity::Info, 100).unwrap();
    }
    assert!(!store.release(2));
    assert!(store.release(150));
    assert!(store.used_bytes() < 300 * 108);
    assert!(store.release(301));
    assert_eq!(store.used_bytes(), 0);
}

#[test]
fn memory_stays_near_the_bound_when_lines_are_small_and_nobody_reads() {
    let mut store = Store::new(1 << 20);
    fill(&mut store, Severity::Critical, 10);
    let held: usize = store
        .chunks
        .iter()
        .map(|chunk| chunk.bytes.capacity())
        .sum();
    assert!(held <= (1 << 20) + CHUNK_BYTES, "{held}");
}
