//! The fidelity ledger keeps its word.
