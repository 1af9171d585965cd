package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// Periodic is a job that is due again and again, also when a portal starts. It is tried once, since
// the next round comes soon, and must be safe to do twice.
type Periodic struct {
	Name  string
	Every time.Duration
	Do    func(ctx context.Context, now time.Time) error
}

// periodicJob is one round of a periodic job.
type periodicJob struct {
	Name string `json:"name"`
}

// Kind is the job's name in the queue.
func (periodicJob) Kind() string { return "periodic" }

// InsertOpts keeps it apart from the mails.
func (periodicJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: periodicQueue, MaxAttempts: 1}
}

// schedule tells river when each job is due, and the worker what it does.
func schedule(jobs []Periodic, now func() time.Time) ([]*river.PeriodicJob, *periodicWorker, error) {
	due := make([]*river.PeriodicJob, len(jobs))
	w := &periodicWorker{jobs: make(map[string]Periodic, len(jobs)), now: now}
	for i, j := range jobs {
		if _, twice := w.jobs[j.Name]; twice || j.Name == "" || j.Every <= 0 || j.Do == nil {
			return nil, nil, fmt.Errorf("worker: periodic job %q needs a name of its own, an interval and a function",
				j.Name)
		}
		w.jobs[j.Name] = j
		due[i] = river.NewPeriodicJob(river.PeriodicInterval(j.Every),
			func() (river.JobArgs, *river.InsertOpts) { return periodicJob{j.Name}, nil },
			&river.PeriodicJobOpts{ID: j.Name, RunOnStart: true})
	}
	return due, w, nil
}

// periodicWorker does the periodic jobs.
type periodicWorker struct {
	river.WorkerDefaults[periodicJob]
	jobs map[string]Periodic
	now  func() time.Time
}

// Work does one round of one job.
func (w *periodicWorker) Work(ctx context.Context, job *river.Job[periodicJob]) error {
	j, ok := w.jobs[job.Args.Name]
	if !ok {
		return fmt.Errorf("worker: unknown periodic job %q", job.Args.Name)
	}
	return j.Do(ctx, w.now())
}
