//! Courses and the projects made from them.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use kihap_dataset::{Class, Manifest};
use kihap_jobs::live::Both;
use kihap_syllabus::{CourseClass, Syllabus};
use serde::{Deserialize, Serialize};

use crate::error::{Result, StudioError, Told};
use crate::projects::{Project, blocking};
use crate::state::Studio;

pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .route("/courses", get(courses))
        .route("/projects", get(list).post(create))
        .route("/projects/{project}", get(one))
        .route("/projects/{project}/classes", post(add_class))
}

/// What a class is called: as the manifest says, else by its name.
pub(crate) fn title_of(class: &Class) -> Both {
    let or_name = |title: &Option<String>| title.clone().unwrap_or_else(|| class.name.clone());
    Both { ko: or_name(&class.korean), en: or_name(&class.english) }
}

#[derive(Serialize)]
struct Course {
    id: String,
    kind: &'static str,
    title: Both,
    classes: Vec<CourseTitle>,
}

#[derive(Serialize)]
struct CourseTitle {
    name: String,
    title: Both,
}

async fn courses(State(studio): State<Studio>) -> Json<Vec<Course>> {
    let syllabus = studio.syllabus();
    let described = syllabus.courses().into_iter().filter_map(|id| {
        let (kind, title) = course_title(syllabus, &id)?;
        let classes = syllabus.course(&id).ok()?.into_iter();
        let classes = classes.map(|c| CourseTitle { name: c.id, title: Both { ko: c.korean, en: c.english } });
        Some(Course { kind, title, classes: classes.collect(), id })
    });
    Json(described.collect())
}

/// What kind of course it is, and what it is called.
fn course_title(syllabus: &Syllabus, id: &str) -> Option<(&'static str, Both)> {
    let titled = |kind, ko: &str, en: &str| Some((kind, Both { ko: ko.into(), en: en.into() }));
    match id {
        "basics" => return titled("basics", "기본동작", "Basic motions"),
        "sparring" => return titled("sparring", "겨루기", "Sparring"),
        "empty" => return titled("empty", "빈 프로젝트", "Empty project"),
        _ => {}
    }
    if let Some(number) = id.strip_prefix("basics-") {
        let basic = syllabus.basics().motions.iter().find(|basic| basic.number.to_string() == number)?;
        return titled("basics", &basic.korean, &basic.english);
    }
    if let Some(form) = syllabus.form(id) {
        return titled("poomsae", &form.head.korean, &form.head.romanised);
    }
    let (form, section) = id.rsplit_once('-')?;
    let form = &syllabus.form(form)?.head;
    titled("section", &format!("{} {section}단락", form.korean), &format!("{}, section {section}", form.romanised))
}

#[derive(Serialize)]
struct Summary {
    id: String,
    name: String,
    course: Option<String>,
    samples: usize,
    classes: usize,
    models: usize,
    /// Why it cannot be opened.
    error: Option<Told>,
}

async fn list(State(studio): State<Studio>) -> Result<Json<Vec<Summary>>> {
    blocking(move || {
        let ids = studio.projects().ids()?.into_iter();
        // One project that cannot be opened must not hide the others.
        let summaries = ids.map(|id| summary(&studio, &id).unwrap_or_else(|error| broken(id, &error)));
        Ok(Json(summaries.collect()))
    })
    .await
}

fn summary(studio: &Studio, id: &str) -> Result<Summary> {
    let project = studio.projects().get(id)?;
    let mut dataset = project.dataset();
    dataset.refresh()?;
    let tally = dataset.tally()?;
    let manifest = dataset.manifest();
    Ok(Summary {
        id: id.to_owned(),
        name: manifest.name.clone(),
        course: manifest.course.clone(),
        samples: tally.classes.values().map(|class| class.in_use).sum(),
        classes: manifest.classes.len(),
        models: models(&project),
        error: None,
    })
}

fn broken(id: String, error: &StudioError) -> Summary {
    let error = Some(error.told());
    Summary { name: id.clone(), id, course: None, samples: 0, classes: 0, models: 0, error }
}

/// Folders that look like models; whether they are whole is found out where they are used.
fn models(project: &Project) -> usize {
    let folders = std::fs::read_dir(project.models()).into_iter().flatten().flatten();
    folders.filter(|folder| folder.path().join("model.toml").is_file()).count()
}

#[derive(Deserialize)]
struct Create {
    name: String,
    course: String,
}

async fn create(State(studio): State<Studio>, Json(wish): Json<Create>) -> Result<Json<Detail>> {
    blocking(move || {
        let course = studio.syllabus().course(&wish.course).map_err(|error| StudioError::Bad(error.to_string()))?;
        let mut manifest = Manifest::new(wish.name.trim(), course.into_iter().map(class_of).collect());
        manifest.course = Some(wish.course);
        detail(&studio.projects().create(&manifest)?).map(Json)
    })
    .await
}

fn class_of(class: CourseClass) -> Class {
    Class { name: class.id, mirror: class.mirror, korean: Some(class.korean), english: Some(class.english) }
}

/// A project with its classes.
#[derive(Serialize)]
struct Detail {
    id: String,
    name: String,
    course: Option<String>,
    classes: Vec<ClassDetail>,
    people: Vec<String>,
    sessions: Vec<String>,
}

#[derive(Serialize)]
struct ClassDetail {
    name: String,
    title: Both,
    mirror: Option<String>,
    /// In use.
    samples: usize,
    set_aside: usize,
    /// Whether it is the class of pictures with nobody in view.
    nobody: bool,
}

async fn one(State(studio): State<Studio>, Path(project): Path<String>) -> Result<Json<Detail>> {
    blocking(move || detail(&studio.projects().get(&project)?).map(Json)).await
}

fn detail(project: &Project) -> Result<Detail> {
    let mut dataset = project.dataset();
    dataset.refresh()?;
    let tally = dataset.tally()?;
    let manifest = dataset.manifest();
    let classes = manifest.classes.iter().map(|class| {
        let counted = tally.classes.get(&class.name).copied().unwrap_or_default();
        ClassDetail {
            name: class.name.clone(),
            title: title_of(class),
            mirror: class.mirror.clone(),
            samples: counted.in_use,
            set_aside: counted.set_aside,
            nobody: class.means_nobody(),
        }
    });
    Ok(Detail {
        id: project.id().to_owned(),
        name: manifest.name.clone(),
        course: manifest.course.clone(),
        classes: classes.collect(),
        people: tally.persons,
        sessions: tally.sessions,
    })
}

#[derive(Deserialize)]
struct NewClass {
    name: String,
}

async fn add_class(
    State(studio): State<Studio>,
    Path(project): Path<String>,
    Json(class): Json<NewClass>,
) -> Result<Json<Detail>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        if !project.dataset().add_class(Class::named(class.name.trim()))? {
            return Err(StudioError::Conflict(format!("there is a class named {:?} already", class.name.trim())));
        }
        detail(&project).map(Json)
    })
    .await
}
