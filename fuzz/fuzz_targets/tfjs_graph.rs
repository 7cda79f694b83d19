#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kihap_fuzz::targets::tfjs_graph(data));
