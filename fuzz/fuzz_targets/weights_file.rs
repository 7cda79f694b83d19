#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kihap_fuzz::targets::weights_file(data));
