package migrate

// UpFiles lets the tests bring migrations of their own.
var UpFiles = up
