//go:build unix

package pgtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestClonesAreMigratedEmptyAndApart(t *testing.T) {
	a, b := Pool(t), Pool(t)
	var tables, rows int
	err := a.QueryRow(t.Context(), `select count(*), (select count(*) from river_job) from pg_tables
		where schemaname = 'public'`).Scan(&tables, &rows)
	if err != nil || tables < 10 || rows != 0 {
		t.Fatalf("%d tables, %d jobs, %v", tables, rows, err)
	}
	if _, err := a.Exec(t.Context(), `create table only_here ()`); err != nil {
		t.Fatal(err)
	}
	var there bool
	if err := b.QueryRow(t.Context(), `select to_regclass('only_here') is not null`).Scan(&there); err != nil ||
		there {
		t.Errorf("a table of one clone is in the other: %v, %v", there, err)
	}
}

func TestCloneIsDroppedThoughInUse(t *testing.T) {
	var name string
	t.Run("inner", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), New(t)) // never closed
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.QueryRow(t.Context(), `select current_database()`).Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	s, err := theServer()
	if err != nil {
		t.Fatal(err)
	}
	var there bool
	if err := s.admin.QueryRow(t.Context(), `select exists (select from pg_database
		where datname = $1)`, name).Scan(&there); err != nil || there {
		t.Errorf("%s is still there: %v, %v", name, there, err)
	}
}

func TestSweep(t *testing.T) {
	New(t)
	s, err := theServer()
	if err != nil {
		t.Fatal(err)
	}
	const (
		oldTemplate  = "shtab_template_0123456789ab"
		usedTemplate = "shtab_template_fedcba987654"
		deadClone    = "shtab_test_7_1"
		liveClone    = "shtab_test_8_1"
	)
	other, err := pgx.ConnectConfig(t.Context(), s.locks.Config()) // stands for another process
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	if _, err := other.Exec(t.Context(), `select pg_advisory_lock_shared($1, $2),
		pg_advisory_lock($3, 8)`, templateLock, lockKey(usedTemplate), processLock); err != nil {
		t.Fatal(err)
	}
	all := []string{oldTemplate, usedTemplate, deadClone, liveClone}
	for _, name := range all {
		t.Cleanup(func() { _ = s.exec(context.Background(), `drop database if exists `+name) })
		if err := s.exec(t.Context(), `create database `+name+` template template0`); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, _ := s.admin.Query(t.Context(), `select datname from pg_database where datname = any($1) order by 1`, all)
	left, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(left) != 2 || left[0] != usedTemplate || left[1] != liveClone {
		t.Errorf("left: %v, %v; want what is in use", left, err)
	}
}

// another stands for another process, which uses the template until the test ends.
func another(t *testing.T, template string) *server {
	t.Helper()
	s, err := theServer()
	if err != nil {
		t.Fatal(err)
	}
	locks, err := pgx.ConnectConfig(t.Context(), s.locks.Config())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = locks.Close(context.Background()) })
	return &server{url: s.url, admin: s.admin, locks: locks, template: template, strategy: s.strategy}
}

// TestTemplateOfManyProcesses lets several processes find no template, after one that died while making
// it, and then starts more: none waits until another one exits.
func TestTemplateOfManyProcesses(t *testing.T) {
	template := fmt.Sprintf("%s%08x0000", templatePrefix, rand.Uint32())
	first := another(t, template)
	t.Cleanup(func() { _ = first.exec(context.Background(), `drop database if exists `+template+` with (force)`) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	// One died half way: its lock ended with its connection, its database remained.
	dead := another(t, template)
	if _, err := dead.locks.Exec(ctx, `select pg_advisory_lock($1, $2)`, templateLock, lockKey(template)); err != nil {
		t.Fatal(err)
	}
	if err := dead.exec(ctx, `create database `+template+`_half template template0`); err != nil {
		t.Fatal(err)
	}
	ends := time.AfterFunc(100*time.Millisecond, func() { _ = dead.locks.Close(ctx) })
	defer ends.Stop()

	processes := []*server{first, another(t, template), another(t, template)}
	made := make(chan error, len(processes))
	for _, s := range processes {
		go func() { made <- s.ensureTemplate(ctx) }()
	}
	for range processes {
		if err := <-made; err != nil {
			t.Fatal(err)
		}
	}
	// All of them run and use the template: a new process only checks that it exists.
	// Waiting for them would end with ctx.
	if err := another(t, template).ensureTemplate(ctx); err != nil {
		t.Fatal(err)
	}
	// The sweep of a process with other migrations keeps it until its last user has exited.
	sweeper := another(t, templatePrefix+"000000000000")
	if err := sweeper.sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if there, err := first.templateExists(ctx); err != nil || !there {
		t.Errorf("the template is gone: %v", err)
	}
	clone := clonePrefix + strings.TrimPrefix(template, templatePrefix)
	t.Cleanup(func() { _ = first.exec(context.Background(), `drop database if exists `+clone) })
	if err := first.exec(ctx, `create database `+clone+` template `+template+` strategy `+first.strategy); err != nil {
		t.Error(err)
	}
}

func TestParallel(t *testing.T) {
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			if err := PoolN(t, 1).Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	New(b)
	for b.Loop() {
		New(b)
	}
}

// TestCost measures the cost of a database. It fails only at ten times the usual time.
func TestCost(t *testing.T) {
	New(t)
	began := time.Now()
	const n = 10
	for range n {
		t.Run("", func(t *testing.T) { New(t) })
	}
	each := time.Since(began) / n
	t.Logf("%v for a clone, made and dropped", each.Round(time.Millisecond))
	if each > time.Second {
		t.Error("that is too slow to do in each test")
	}
}
