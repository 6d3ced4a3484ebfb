//! Certificates, server tokens and signatures.
