#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kihap_fuzz::targets::picture_file(data));
