package migrate

// UpFiles lets tests apply their own migrations.
var UpFiles = up
