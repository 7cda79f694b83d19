use kihap_coach::degrade::ErrorModel;
use kihap_coach::performance::{Fault, FaultKind, Film, Manner, Performance, Shoot, film};
use kihap_coach::track::Options;
use kihap_jobs::{SeenFrame, track};
use kihap_syllabus::Syllabus;

fn main() {
    let syllabus = Syllabus::embedded().unwrap();
    let seeds: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    for seed in 100..100 + seeds {
        for (place, form) in (0..).zip(syllabus.forms()) {
            for kind in
                [None, Some(FaultKind::WrongTechnique), Some(FaultKind::WrongSide), Some(FaultKind::WrongStance)]
            {
                let fault = kind.and_then(|k| Fault::draw(k, &syllabus, form, None, seed + 1000 * place));
                if kind.is_some() != fault.is_some() {
                    continue;
                }
                let step = fault.as_ref().and_then(|f| f.step());
                let manner = Manner::of(900_000 + seed, seed).with(fault.into_iter().collect());
                let performance = Performance::of_form(&syllabus, form, None, &manner).unwrap();
                let shoot = Shoot::of(seed);
                let shoot = if seed % 2 == 0 { shoot.from_azimuth((seed % 7) as f32 * 10.0 - 30.0) } else { shoot };
                let Film { frames, .. } = film(&performance, &shoot, &ErrorModel::measured().unwrap(), seed);
                let frames: Vec<SeenFrame> = frames
                    .into_iter()
                    .enumerate()
                    .map(|(i, f)| SeenFrame {
                        source: String::new(),
                        frame: i as u32,
                        seconds: f.seconds,
                        pose: f.pose,
                    })
                    .collect();
                eprintln!("CASE {} {:?} {:?}", form.head.id, kind, step.unwrap_or(0));
                let sheet = track(&syllabus, form, None, Options::default(), &frames).unwrap().sheet;
                let found = sheet.steps.iter().filter(|s| s.found).count();
                eprintln!("END {} {}", found, sheet.steps.len());
            }
        }
    }
}
