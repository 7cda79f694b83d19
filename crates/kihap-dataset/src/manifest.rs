//! `kihap.toml`: the name of a dataset and its classes in order.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{DatasetError, Result};
use crate::names;

/// Name of the manifest inside the dataset's folder.
pub const MANIFEST_FILE: &str = "kihap.toml";

/// The newest format of `kihap.toml` this program knows.
pub const MANIFEST_SCHEMA: u32 = 1;

/// One class of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Class {
    /// The label, and the name of the folder with the pictures.
    pub name: String,
    /// The class this one becomes in a mirror, where left and right are classes of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<String>,
    /// Korean title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub korean: Option<String>,
    /// English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub english: Option<String>,
}

/// Names that a class of pictures with nobody in view goes by, lower case.
const NOBODY: [&str; 8] = ["nobody", "no_one", "no one", "empty", "background", "사람 없음", "아무도 없음", "빈 화면"];

impl Class {
    /// Whether it is the class of pictures with nobody in view, told by its name: `nobody` as in Kihap's courses, and
    /// what people call it elsewhere.
    pub fn means_nobody(&self) -> bool {
        NOBODY.contains(&self.name.to_lowercase().as_str())
    }

    /// A class without titles, the same in a mirror.
    pub fn named(name: impl Into<String>) -> Class {
        Class { name: name.into(), ..Class::default() }
    }
}

/// The content of `kihap.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the file; see [`MANIFEST_SCHEMA`].
    pub schema: u32,
    /// What the dataset is called.
    pub name: String,
    /// The course of the syllabus whose classes these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<String>,
    /// The classes; their order is the order of the labels in every model trained on them.
    #[serde(default, rename = "class", skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<Class>,
}

impl Manifest {
    /// A manifest with these classes.
    pub fn new(name: impl Into<String>, classes: Vec<Class>) -> Manifest {
        Manifest { schema: MANIFEST_SCHEMA, name: name.into(), course: None, classes }
    }

    /// The class called `name`.
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.classes.iter().find(|c| c.name == name)
    }

    /// The class that pictures of `name` belong to after mirroring: its partner, or itself.
    pub fn mirrored<'a>(&'a self, name: &'a str) -> &'a str {
        self.class(name).and_then(|c| c.mirror.as_deref()).unwrap_or(name)
    }

    /// Adds `class` and, where it names a partner already here, makes the pairing mutual. `false` if it is there.
    pub(crate) fn add(&mut self, mut class: Class) -> Result<bool> {
        class.name = names::class_name(&class.name)?;
        class.mirror = class.mirror.map(|m| names::composed(&m)).filter(|m| *m != class.name);
        if self.class(&class.name).is_some() {
            return Ok(false);
        }
        if let Some(partner) = class.mirror.clone()
            && let Some(other) = self.classes.iter_mut().find(|c| c.name == partner)
        {
            other.mirror = Some(class.name.clone());
        }
        self.classes.push(class);
        Ok(true)
    }

    /// The same manifest with every name checked and composed; says what is wrong otherwise.
    pub(crate) fn checked(&self) -> Result<Manifest> {
        let mut checked = Manifest { classes: Vec::new(), ..self.clone() };
        for class in &self.classes {
            if !checked.add(class.clone())? {
                return Err(DatasetError::ClassName {
                    name: class.name.clone(),
                    reason: "it is listed twice; take one out",
                });
            }
        }
        for class in &checked.classes {
            let Some(partner) = &class.mirror else { continue };
            match checked.class(partner) {
                None => {
                    return Err(DatasetError::ClassName {
                        name: partner.clone(),
                        reason: "another class names it as its mirror, but it is not listed; add it or drop `mirror`",
                    });
                }
                Some(other) if other.mirror.as_deref() != Some(class.name.as_str()) => {
                    return Err(DatasetError::ClassName {
                        name: class.name.clone(),
                        reason: "its mirror has another partner; two classes must name each other",
                    });
                }
                Some(_) => {}
            }
        }
        Ok(checked)
    }

    pub(crate) fn read(root: &Path) -> Result<Manifest> {
        let path = root.join(MANIFEST_FILE);
        let text = std::fs::read_to_string(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => DatasetError::NotADataset(root.to_path_buf()),
            _ => DatasetError::io("read", &path)(e),
        })?;
        let wrong = |reason: String| DatasetError::Manifest { path: path.clone(), reason };
        let manifest: Manifest = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        if manifest.schema > MANIFEST_SCHEMA {
            return Err(DatasetError::Newer { path, found: manifest.schema, known: MANIFEST_SCHEMA });
        }
        manifest.checked().map_err(|e| wrong(e.to_string()))
    }

    pub(crate) fn write(&self, root: &Path) -> Result<()> {
        let path = root.join(MANIFEST_FILE);
        let text = toml::to_string_pretty(self)
            .map_err(|e| DatasetError::Manifest { path: path.clone(), reason: e.to_string() })?;
        let write = || -> std::io::Result<()> {
            let mut file = tempfile::Builder::new().prefix(".kihap-").suffix(".tmp").tempfile_in(root)?;
            std::io::Write::write_all(&mut file, text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|e| e.error)?;
            Ok(())
        };
        write().map_err(DatasetError::io("write", &path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let mut manifest = Manifest::new("기본 동작", vec![Class::named("몸통지르기"), Class::named("other things")]);
        manifest.course = Some("basics".to_string());
        manifest.classes[0].korean = Some("몸통지르기".to_string());
        manifest.write(dir.path()).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), manifest);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "a temporary file was left behind");
    }

    #[test]
    fn naming_one_mirror_makes_the_pair_mutual() {
        let mut manifest = Manifest::new("x", vec![Class::named("left")]);
        assert!(manifest.add(Class { mirror: Some("left".to_string()), ..Class::named("right") }).unwrap());
        assert!(!manifest.add(Class::named("right")).unwrap());
        assert_eq!(manifest.mirrored("left"), "right");
        assert_eq!(manifest.mirrored("right"), "left");
        assert_eq!(manifest.mirrored("elsewhere"), "elsewhere");
    }

    #[test]
    fn a_manifest_with_a_lost_partner_or_a_twin_is_refused() {
        let lost = Manifest::new("x", vec![Class { mirror: Some("b".to_string()), ..Class::named("a") }]);
        assert!(lost.checked().unwrap_err().to_string().contains("\"b\""));
        let twin = Manifest::new("x", vec![Class::named("a"), Class::named("a")]);
        assert!(twin.checked().unwrap_err().to_string().contains("twice"));
        let triangle = Manifest::new(
            "x",
            vec![
                Class { mirror: Some("b".to_string()), ..Class::named("a") },
                Class { mirror: Some("a".to_string()), ..Class::named("b") },
                Class { mirror: Some("a".to_string()), ..Class::named("c") },
            ],
        );
        assert!(triangle.checked().is_err());
    }

    #[test]
    fn a_newer_format_and_a_missing_file_say_so() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(Manifest::read(dir.path()), Err(DatasetError::NotADataset(_))));
        std::fs::write(dir.path().join(MANIFEST_FILE), "schema = 99\nname = \"x\"\n").unwrap();
        assert!(matches!(Manifest::read(dir.path()), Err(DatasetError::Newer { found: 99, .. })));
    }

    #[test]
    fn nobody_is_known_by_its_names() {
        for name in ["nobody", "Empty", "사람 없음"] {
            assert!(Class::named(name).means_nobody(), "{name}");
        }
        assert!(!Class::named("other").means_nobody());
    }
}
