//! A text is a cursor of this server or none; one that is reads back as it was written.
#![no_main]

use abmsim::organization::Cursor;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, u64)| {
    let (text, key) = input;
    if let Ok(cursor) = Cursor::decode(text, key) {
        assert_eq!(Cursor::decode(&cursor.encode(key), key), Ok(cursor));
    }
});
