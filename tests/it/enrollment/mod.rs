//! The enrolment service.

mod flow;
