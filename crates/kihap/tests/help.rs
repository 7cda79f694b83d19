//! The help of every command, as it was when somebody last looked at it. `KIHAP_UPDATE=1` writes it anew.

mod common;

use std::path::Path;

const COMMANDS: [&str; 22] = [
    "",
    "setup",
    "doctor",
    "demo",
    "new",
    "import",
    "curate",
    "restore",
    "skeleton",
    "augment",
    "compare",
    "train",
    "evaluate",
    "export",
    "predict",
    "recognise",
    "synth",
    "track",
    "judge",
    "spar",
    "models",
    "studio",
];

#[test]
fn help_is_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/help");
    let mut changed = Vec::new();
    for command in COMMANDS {
        let words: Vec<&str> = command.split(' ').filter(|w| !w.is_empty()).chain(["--help"]).collect();
        let said = common::run(&words);
        assert_eq!(said.code, Some(0), "{command}: {}", said.err);
        let file = folder.join(format!("{}.txt", if command.is_empty() { "kihap" } else { command }));
        let text = said.out.replace("kihap.exe", "kihap").replace("\r\n", "\n");
        if std::env::var_os("KIHAP_UPDATE").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let recorded = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
        if recorded != text {
            changed.push(format!("{}:\n{text}", file.display()));
        }
    }
    assert!(changed.is_empty(), "help changed; look it over and run with KIHAP_UPDATE=1:\n{}", changed.join("\n"));
}

#[test]
fn every_command_is_recorded() {
    let help = common::run(&["--help"]).out;
    let listed = help.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.is_empty());
    // A name is indented by two; what wraps is indented further.
    let names: Vec<&str> =
        listed.filter(|l| !l.starts_with("   ")).filter_map(|l| l.split_whitespace().next()).collect();
    for name in names.into_iter().filter(|n| *n != "help") {
        assert!(COMMANDS.contains(&name), "the help of {name} is not recorded");
    }
}

#[test]
fn a_wrong_word_is_the_users_fault() {
    let said = common::run(&["frobnicate"]);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    assert!(said.err.contains("frobnicate"), "{}", said.err);
}
