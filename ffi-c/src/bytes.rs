use crate::guard;

/// Bytes that are yours, such as a picture.
///
/// Free them with `jumpqr_bytes_free`, exactly once. Any number of threads may read them at the
/// same time.
pub struct jumpqr_bytes(Box<[u8]>);

impl From<Vec<u8>> for jumpqr_bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

/// Returns the first byte. It is valid until the bytes are freed. NULL if `bytes` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_bytes_data(bytes: Option<&jumpqr_bytes>) -> *const u8 {
    guard(|| Some(bytes?.0.as_ptr()))
}

/// Returns the number of bytes; 0 if `bytes` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_bytes_size(bytes: Option<&jumpqr_bytes>) -> usize {
    guard(|| Some(bytes?.0.len()))
}

/// Frees bytes. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_bytes_free(bytes: Option<Box<jumpqr_bytes>>) {
    guard(|| bytes.map(drop));
}
